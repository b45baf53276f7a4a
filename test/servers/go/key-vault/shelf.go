package main

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// attributes are what secrets, keys and certificates have in common. Key Vault counts time in whole seconds.
type attributes struct {
	enabled   bool
	notBefore *time.Time
	expires   *time.Time
	created   time.Time
	updated   time.Time
	tags      map[string]*string
	// managed: it belongs to a certificate.
	managed bool
}

// version of an object.
type version[T any] struct {
	attributes
	id    string
	value T
}

// object is a name with its versions, the latest last.
type object[T any] struct {
	name     string
	versions []*version[T]
	// deleted is when it was, if it was.
	deleted time.Time
}

func (o *object[T]) latest() *version[T] { return o.versions[len(o.versions)-1] }

// shelf holds the objects of one kind. Names are not told apart by case.
type shelf[T any] struct {
	// noun in messages and codes: Secret.
	noun    string
	live    map[string]*object[T]
	deleted map[string]*object[T]
}

func newShelf[T any](noun string) *shelf[T] {
	return &shelf[T]{noun, map[string]*object[T]{}, map[string]*object[T]{}}
}

// find gives a version, the latest without an id, even of what is disabled.
func (s *shelf[T]) find(name, id string) (*object[T], *version[T], error) {
	found := s.live[strings.ToLower(name)]
	if found == nil {
		return nil, nil, s.missing(name)
	}
	if id == "" {
		return found, found.latest(), nil
	}
	index := slices.IndexFunc(found.versions, func(each *version[T]) bool { return strings.EqualFold(each.id, id) })
	if index < 0 {
		return nil, nil, s.missing(name + "/" + id)
	}
	return found, found.versions[index], nil
}

// add makes a new version the latest.
func (s *shelf[T]) add(name string, added *version[T]) (*object[T], error) {
	key := strings.ToLower(name)
	if s.deleted[key] != nil {
		return nil, refuse(409, "Conflict", "ObjectIsDeletedButRecoverable",
			"%s %s is currently in a deleted but recoverable state, and its name cannot be reused; "+
				"in this state, the %s can only be recovered or purged.", s.noun, name, strings.ToLower(s.noun))
	}
	found := s.live[key]
	if found == nil {
		found = &object[T]{name: name}
		s.live[key] = found
	}
	found.versions = append(found.versions, added)
	return found, nil
}

func (s *shelf[T]) remove(name string) (*object[T], error) {
	found, _, err := s.find(name, "")
	if err != nil {
		return nil, err
	}
	delete(s.live, strings.ToLower(name))
	found.deleted = now()
	s.deleted[strings.ToLower(name)] = found
	return found, nil
}

func (s *shelf[T]) findDeleted(name string) (*object[T], error) {
	if found := s.deleted[strings.ToLower(name)]; found != nil {
		return found, nil
	}
	return nil, refuse(404, s.noun+"NotFound", "", "Deleted %s not found: %s", s.noun, name)
}

func (s *shelf[T]) recover(name string) (*object[T], error) {
	found, err := s.findDeleted(name)
	if err == nil {
		delete(s.deleted, strings.ToLower(name))
		s.live[strings.ToLower(name)] = found
	}
	return found, err
}

func (s *shelf[T]) purge(name string) error {
	_, err := s.findDeleted(name)
	delete(s.deleted, strings.ToLower(name))
	return err
}

func (s *shelf[T]) missing(what string) error {
	return refuse(404, s.noun+"NotFound", "",
		"A %s with (name/id) %s was not found in this key vault. If you recently deleted this %s you may be able to recover it "+
			"using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
		strings.ToLower(s.noun), what, strings.ToLower(s.noun))
}

func newID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return hex.EncodeToString(id)
}

func now() time.Time { return time.Now().Truncate(time.Second) }
