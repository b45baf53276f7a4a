package main

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serveMetadata answers as a machine's metadata service does: with tokens of the identities the machine has.
func (s *service) serveMetadata(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	s.mutex.Lock()
	s.metadata = append(s.metadata, r.URL.RequestURI())
	found, ok := s.identity(query.Get("client_id"), query.Get("msi_res_id"))
	s.mutex.Unlock()
	switch {
	// The SDK ends the path with a slash where AZURE_POD_IDENTITY_AUTHORITY_HOST names the service.
	case strings.TrimSuffix(r.URL.Path, "/") != "/metadata/identity/oauth2/token" || r.Header.Get("Metadata") != "true":
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "bad_request_102", "error_description": "Required metadata header not specified"})
		return
	case !ok:
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request", "error_description": "Identity not found"})
		return
	}
	resource := query.Get("resource")
	token, err := s.accessToken(cloudOfResource(resource), found.ClientID, resource, found.lifetime())
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	seconds := int(found.lifetime().Seconds())
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "client_id": found.ClientID, "resource": resource, "token_type": "Bearer",
		"expires_in": strconv.Itoa(seconds), "expires_on": strconv.FormatInt(time.Now().Unix()+int64(seconds), 10),
	})
}

// identity by either of its names, or the machine's own.
func (s *service) identity(clientID, resourceID string) (application, bool) {
	for _, each := range s.applications {
		named := clientID != "" && each.ClientID == clientID || resourceID != "" && each.ResourceID == resourceID
		if each.ManagedIdentity && (named || clientID+resourceID == "" && each.SystemAssigned) {
			return each, true
		}
	}
	return application{}, false
}
