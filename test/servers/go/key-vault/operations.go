package main

import (
	"net/http"
	"regexp"
	"strings"
)

// operation that a request asks for.
type operation struct {
	// kind as the permissions of an access policy have it: secrets.
	kind string
	// permission it needs: get.
	permission string
	// api is its name in the generated code, which is told it instead of the path.
	api     string
	name    string
	version string
}

type route struct {
	method     string
	path       *regexp.Regexp
	permission string
	api        string
}

// routes of all three kinds; NOUN is what its kind is called in the generated names.
var routes = []route{
	{"GET", path(`/KIND`), "list", "NewListNOUNPropertiesPager"},
	{"GET", path(`/KIND/(?P<name>[^/]+)/versions`), "list", "NewListNOUNPropertiesVersionsPager"},
	{"GET", path(`/KIND/(?P<name>[^/]+)(?:/(?P<version>[^/]+))?`), "get", "GetNOUN"},
	{"DELETE", path(`/KIND/(?P<name>[^/]+)`), "delete", "DeleteNOUN"},
	{"GET", path(`/deletedKIND`), "list", "NewListDeletedNOUNPropertiesPager"},
	{"GET", path(`/deletedKIND/(?P<name>[^/]+)`), "get", "GetDeletedNOUN"},
	{"DELETE", path(`/deletedKIND/(?P<name>[^/]+)`), "purge", "PurgeDeletedNOUN"},
	{"POST", path(`/deletedKIND/(?P<name>[^/]+)/recover`), "recover", "RecoverDeletedNOUN"},
	{"PUT", path(`/secrets/(?P<name>[^/]+)`), "set", "SetSecret"},
	{"PATCH", path(`/secrets/(?P<name>[^/]+)(?:/(?P<version>[^/]+))?`), "set", "UpdateSecretProperties"},
	{"POST", path(`/keys/(?P<name>[^/]+)/create`), "create", "CreateKey"},
	{"PUT", path(`/keys/(?P<name>[^/]+)`), "import", "ImportKey"},
	{"PATCH", path(`/keys/(?P<name>[^/]+)(?:/(?P<version>[^/]+))?`), "update", "UpdateKey"},
	{"POST", path(`/certificates/(?P<name>[^/]+)/import`), "import", "ImportCertificate"},
	{"PATCH", path(`/certificates/(?P<name>[^/]+)(?:/(?P<version>[^/]+))?`), "update", "UpdateCertificate"},
}

func path(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(pattern, "KIND", "(?P<kind>secrets|keys|certificates)") + "$")
}

var nouns = map[string]string{"secrets": "Secret", "keys": "Key", "certificates": "Certificate"}

var validName = regexp.MustCompile(`^[0-9A-Za-z-]{1,127}$`)
var validVersion = regexp.MustCompile(`^[0-9A-Fa-f]{32}$`)

// operationOf tells what a request asks for.
func operationOf(request *http.Request) (operation, error) {
	asked := strings.TrimSuffix(request.URL.Path, "/")
	for _, each := range routes {
		match := each.path.FindStringSubmatch(asked)
		if match == nil || each.method != request.Method {
			continue
		}
		group := func(name string) string {
			if index := each.path.SubexpIndex(name); index >= 0 {
				return match[index]
			}
			return ""
		}
		kind := group("kind")
		if kind == "" {
			kind, _, _ = strings.Cut(asked[1:], "/")
		}
		name, version := group("name"), group("version")
		if name != "" && !validName.MatchString(name) {
			return operation{}, badParameter("The request URI contains an invalid name: %s", name)
		}
		if version != "" && !validVersion.MatchString(version) {
			return operation{}, badParameter("The request URI contains an invalid version: %s", version)
		}
		api := "Client." + strings.ReplaceAll(each.api, "NOUN", nouns[kind])
		return operation{kind, each.permission, api, name, version}, nil
	}
	return operation{}, badParameter("Method %s does not allow operation '%s'", request.Method, strings.Trim(asked, "/"))
}
