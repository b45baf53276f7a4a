package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
)

func generateKey(body azkeys.CreateKeyParameters) (azkeys.JSONWebKey, error) {
	switch orZero(body.Kty) {
	case azkeys.KeyTypeRSA, azkeys.KeyTypeRSAHSM:
		size := 2048
		if body.KeySize != nil {
			size = int(*body.KeySize)
		}
		key, err := rsa.GenerateKey(rand.Reader, size)
		if err != nil {
			return azkeys.JSONWebKey{}, badParameter("Invalid key size: %d", size)
		}
		return webKeyOf(*body.Kty, &key.PublicKey), nil
	case azkeys.KeyTypeEC, azkeys.KeyTypeECHSM:
		curves := map[azkeys.CurveName]elliptic.Curve{
			"": elliptic.P256(), azkeys.CurveNameP256: elliptic.P256(),
			azkeys.CurveNameP384: elliptic.P384(), azkeys.CurveNameP521: elliptic.P521(),
		}
		curve := curves[orZero(body.Curve)]
		if curve == nil {
			return azkeys.JSONWebKey{}, badParameter("The curve %s is not supported.", orZero(body.Curve))
		}
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			return azkeys.JSONWebKey{}, err
		}
		return webKeyOf(*body.Kty, &key.PublicKey), nil
	case azkeys.KeyTypeOct, azkeys.KeyTypeOctHSM:
		// A symmetric key does not leave the vault.
		return azkeys.JSONWebKey{Kty: body.Kty}, nil
	default:
		return azkeys.JSONWebKey{}, badParameter("Property kty has an invalid value.")
	}
}

// webKeyOf is the public half of a key.
func webKeyOf(kind azkeys.KeyType, key crypto.PublicKey) azkeys.JSONWebKey {
	switch public := key.(type) {
	case *rsa.PublicKey:
		return azkeys.JSONWebKey{Kty: &kind, N: public.N.Bytes(), E: big.NewInt(int64(public.E)).Bytes()}
	case *ecdsa.PublicKey:
		curve := azkeys.CurveName(public.Curve.Params().Name)
		size := (public.Curve.Params().BitSize + 7) / 8
		// An uncompressed point: one byte that says so, and the two coordinates.
		point, _ := public.Bytes()
		return azkeys.JSONWebKey{Kty: &kind, Crv: &curve, X: point[1 : 1+size], Y: point[1+size:]}
	default:
		return azkeys.JSONWebKey{Kty: &kind}
	}
}

// importedKey leaves the private half behind.
func importedKey(body azkeys.ImportKeyParameters) (azkeys.JSONWebKey, error) {
	given := orZero(body.Key)
	if given.Kty == nil || given.N == nil && given.X == nil {
		return azkeys.JSONWebKey{}, badParameter("The key could not be read.")
	}
	kind := *given.Kty
	if orZero(body.HSM) {
		kind += "-HSM"
	}
	return azkeys.JSONWebKey{Kty: &kind, N: given.N, E: given.E, Crv: given.Crv, X: given.X, Y: given.Y}, nil
}
