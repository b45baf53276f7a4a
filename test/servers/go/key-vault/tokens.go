package main

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// principal is who calls, as its token tells.
type principal struct {
	appID    string
	objectID string
	issuer   string
}

const keyID = "emulator-1"

func issuerOf(cloud cloud) string {
	if cloud.resource == clouds[0].resource {
		return "https://sts.windows.net/" + tenant + "/"
	}
	return "https://" + cloud.logins[0] + "/" + tenant + "/"
}

// accessToken for an application, made out to a cloud's vaults or to whatever else was asked for.
func (s *service) accessToken(cloud cloud, appID, audience string, lifetime time.Duration) (string, error) {
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"aud": audience, "iss": issuerOf(cloud), "tid": tenant, "ver": "1.0", "idtyp": "app",
		"appid": appID, "oid": objectIDOf(appID), "sub": objectIDOf(appID),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(lifetime).Unix(),
	})
	token.Header["kid"] = keyID
	return token.SignedString(s.signer)
}

// authenticate tells who calls a vault, by the token the request carries.
func (s *service) authenticate(v *vault, r *http.Request) (principal, error) {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return principal{}, unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
	}
	claims := jwt.MapClaims{}
	key := func(*jwt.Token) (any, error) { return &s.signer.PublicKey, nil }
	_, err := jwt.ParseWithClaims(text, claims, key, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithAudience(v.cloud.resource), jwt.WithIssuer(issuerOf(v.cloud)), jwt.WithExpirationRequired())
	if err != nil {
		return principal{}, unauthorized("AKV10022: Token validation failed.")
	}
	word := func(name string) string { text, _ := claims[name].(string); return text }
	return principal{word("appid"), word("oid"), word("iss")}, nil
}

func unauthorized(message string) error {
	return refuse(http.StatusUnauthorized, "Unauthorized", "", "%s", message)
}

// keySet is the public half of what signs tokens.
func keySet(key crypto.PublicKey) map[string]any {
	public := key.(*rsa.PublicKey)
	text := func(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "kid": keyID,
		"n": text(public.N.Bytes()), "e": text(big.NewInt(int64(public.E)).Bytes()),
	}}}
}
