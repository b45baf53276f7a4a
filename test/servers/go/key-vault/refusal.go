package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// refusal is an error as Key Vault answers with one.
type refusal struct {
	status  int
	code    string
	inner   string
	message string
}

func (r *refusal) Error() string { return r.message }

// NonRetriable keeps the generated code from wrapping it.
func (r *refusal) NonRetriable() {}

func refuse(status int, code, inner, format string, args ...any) *refusal {
	return &refusal{status, code, inner, fmt.Sprintf(format, args...)}
}

func badParameter(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, "BadParameter", "", format, args...)
}

// writeError answers in the form of Key Vault. What the generated code could not make sense of is the caller's mistake.
func writeError(w http.ResponseWriter, err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = badParameter("The request could not be read.")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(refused.status)
	body := map[string]any{"code": refused.code, "message": refused.message}
	if refused.inner != "" {
		body["innererror"] = map[string]any{"code": refused.inner}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"error": body})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
