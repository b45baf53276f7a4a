package main

import (
	"net/http"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
)

// retention is how long what is deleted can be recovered.
const retention = 90 * 24 * time.Hour

// respond hands the generated code a result, or an error instead of one.
func respond[T any](err error, result func() T) (response azfake.Responder[T], failure azfake.ErrorResponder) {
	if err != nil {
		failure.SetError(err)
	} else {
		response.SetResponse(http.StatusOK, result(), nil)
	}
	return response, failure
}

func respondEmpty[T any](err error) (response azfake.Responder[T], failure azfake.ErrorResponder) {
	if err != nil {
		failure.SetError(err)
	} else {
		response.SetResponse(http.StatusNoContent, *new(T), nil)
	}
	return response, failure
}

func addPage[T any](pages *azfake.PagerResponder[T], err error, page T) {
	if err != nil {
		pages.AddError(err)
	} else {
		pages.AddPage(http.StatusOK, page, nil)
	}
}

// listed gives one page of a shelf, and where the next one is.
func listed[T, P any](v *vault, objects map[string]*object[T], request *http.Request, propertiesOf func(*object[T]) *P) ([]*P, *string, error) {
	names, next, err := pageOf(namesOf(objects), v.address(), request.URL)
	items := make([]*P, 0, len(names))
	for _, name := range names {
		items = append(items, propertiesOf(objects[name]))
	}
	return items, next, err
}

// listedVersions gives one page of an object's versions.
func listedVersions[T, P any](v *vault, objects *shelf[T], name string, request *http.Request, propertiesOf func(*object[T], *version[T]) *P) ([]*P, *string, error) {
	found, _, err := objects.find(name, "")
	if err != nil {
		return nil, nil, err
	}
	byID := map[string]*version[T]{}
	var all []string
	for _, each := range found.versions {
		byID[each.id] = each
		all = append(all, each.id)
	}
	ids, next, err := pageOf(all, v.address(), request.URL)
	items := make([]*P, 0, len(ids))
	for _, id := range ids {
		items = append(items, propertiesOf(found, byID[id]))
	}
	return items, next, err
}

func newAttributes() attributes {
	return attributes{enabled: true, created: now(), updated: now()}
}

// change sets what is told and leaves the rest.
func (a *attributes) change(enabled *bool, notBefore, expires *time.Time, tags map[string]*string) {
	if enabled != nil {
		a.enabled = *enabled
	}
	if notBefore != nil {
		a.notBefore = notBefore
	}
	if expires != nil {
		a.expires = expires
	}
	if tags != nil {
		a.tags = tags
	}
	a.updated = now()
}

func orZero[T any](pointer *T) T {
	if pointer == nil {
		return *new(T)
	}
	return *pointer
}
