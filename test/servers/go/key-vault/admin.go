package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"time"
)

// adminRoutes are for tests only, on a port of their own: who may log in and do what, faults, and what was asked.
func (s *service) adminRoutes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST /applications", accept(s, func(body *application) error {
		s.applications[body.ClientID] = *body
		return nil
	}))
	routes.HandleFunc("PUT /faults", accept(s, func(body *[]*fault) (err error) {
		for _, each := range *body {
			if each.pattern, err = regexp.Compile(each.Match); err != nil {
				return err
			}
		}
		s.faults = *body
		return nil
	}))
	routes.HandleFunc("PUT /vaults/{host}", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			RBAC   bool              `json:"rbac"`
			Access map[string][]rule `json:"access"`
		}
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		v := s.vault(r.PathValue("host"))
		v.mutex.Lock()
		defer v.mutex.Unlock()
		v.rbac, v.access = body.RBAC, body.Access
		w.WriteHeader(http.StatusNoContent)
	})
	routes.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		writeJSON(w, http.StatusOK, map[string]any{
			"calls": orEmpty(s.calls), "logins": orEmpty(s.logins), "metadata": orEmpty(s.metadata), "underWay": s.underWay,
		})
	})
	// A token as no login gives it: for the one who arranges things, or wrong in some way.
	routes.HandleFunc("POST /tokens", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Vault    string `json:"vault"`
			ClientID string `json:"clientId"`
			Audience string `json:"audience"`
			Seconds  int    `json:"seconds"`
		}
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		cloud := cloudOfVault(body.Vault)
		if body.Audience == "" {
			body.Audience = cloud.resource
		}
		token, err := s.accessToken(cloud, body.ClientID, body.Audience, time.Duration(body.Seconds)*time.Second)
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"token": token})
	})
	return routes
}

// accept hands a body on, while nobody else touches the service.
func accept[Body any](s *service, take func(*Body) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body Body
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			http.Error(w, "the body makes no sense", http.StatusBadRequest)
			return
		}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if err := take(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
