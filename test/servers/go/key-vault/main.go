// Command key-vault serves Azure Key Vault's protocol, and the login services in front of it, on loopback.
//
// Parameters are read and answers are written by the code that Microsoft generates for its fake servers (azsecrets/fake, azkeys/fake,
// azcertificates/fake). What is kept, who may do what and how errors are worded follows Key Vault's REST reference.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	caFile := flag.String("ca", "", "file to write the authority of the server's certificates to, as PEM")
	flag.Parse()
	service, err := newService()
	if err != nil {
		log.Fatal(err)
	}
	authority, err := newAuthority()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*caFile, authority.pem(), 0o600); err != nil {
		log.Fatal(err)
	}
	vault, admin, metadata := listen(), listen(), listen()
	// One server under every name: the caller is led here instead of to Azure.
	front := &http.Server{
		Handler:   http.HandlerFunc(service.serveNames),
		TLSConfig: authority.tlsConfig(),
		// It would tell of every caller that leaves while it shakes hands.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go serve(func() error { return front.ServeTLS(vault, "", "") })
	go serve(func() error { return http.Serve(admin, service.adminRoutes()) })
	go serve(func() error { return http.Serve(metadata, http.HandlerFunc(service.serveMetadata)) })
	ready := map[string]string{
		"address":  "https://" + vault.Addr().String(),
		"admin":    "http://" + admin.Addr().String(),
		"metadata": "http://" + metadata.Addr().String(),
		"tenant":   tenant,
	}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		log.Fatal(err)
	}
	// It lives as long as whoever started it.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func serve(run func() error) {
	log.Fatal(run())
}
