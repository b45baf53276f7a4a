package main

import (
	"net/http"
	"strings"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// serveLogin answers as Microsoft Entra does, as far as applications log in: discovery, keys, tokens.
func (s *service) serveLogin(cloud cloud, w http.ResponseWriter, r *http.Request) {
	base := "https://" + r.Host + "/" + tenant
	switch r.Method + " " + r.URL.Path {
	case "GET /common/discovery/instance":
		writeJSON(w, http.StatusOK, map[string]any{
			"tenant_discovery_endpoint": base + "/v2.0/.well-known/openid-configuration",
			"api-version":               "1.1",
			"metadata": []any{map[string]any{
				"preferred_network": cloud.logins[0], "preferred_cache": cloud.logins[0], "aliases": cloud.logins,
			}},
		})
	case "GET /" + tenant + "/v2.0/.well-known/openid-configuration":
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer":                                base + "/v2.0",
			"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
			"token_endpoint":                        base + "/oauth2/v2.0/token",
			"jwks_uri":                              base + "/discovery/v2.0/keys",
			"end_session_endpoint":                  base + "/oauth2/v2.0/logout",
			"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		})
	case "GET /" + tenant + "/discovery/v2.0/keys":
		writeJSON(w, http.StatusOK, keySet(&s.signer.PublicKey))
	case "POST /" + tenant + "/oauth2/v2.0/token":
		s.serveToken(cloud, base, w, r)
	default:
		writeOAuthError(w, http.StatusBadRequest, "invalid_tenant", "AADSTS90002: Tenant not found.")
	}
}

// serveToken grants client credentials: to who knows the secret, or shows a signed assertion.
func (s *service) serveToken(cloud cloud, base string, w http.ResponseWriter, r *http.Request) {
	clientID := r.PostFormValue("client_id")
	s.mutex.Lock()
	s.logins = append(s.logins, clientID)
	known, ok := s.applications[clientID]
	s.mutex.Unlock()
	audience, isDefault := strings.CutSuffix(r.PostFormValue("scope"), "/.default")
	switch {
	case r.PostFormValue("grant_type") != "client_credentials" || !isDefault:
		writeOAuthError(w, http.StatusBadRequest, "invalid_scope", "AADSTS1002012: The provided value for scope is not valid.")
		return
	case !ok:
		writeOAuthError(w, http.StatusBadRequest, "unauthorized_client", "AADSTS700016: Application not found in the directory.")
		return
	case !s.proven(known, base, r):
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client", "AADSTS7000215: Invalid client credential provided.")
		return
	}
	token, err := s.accessToken(cloud, clientID, audience, known.lifetime())
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	seconds := int(known.lifetime().Seconds())
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token,
	})
}

func (s *service) proven(known application, base string, r *http.Request) bool {
	if r.PostFormValue("client_assertion_type") != assertionType {
		return known.hasSecret(r.PostFormValue("client_secret"))
	}
	endpoints := []string{base + "/oauth2/v2.0/token", base + "/v2.0"}
	return known.verifyAssertion(r.PostFormValue("client_assertion"), endpoints) == nil
}

func writeOAuthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]any{"error": code, "error_description": description, "correlation_id": newID()})
}
