package main

import (
	"encoding/base64"
	"net/url"
	"slices"
	"sort"
	"strconv"
)

// most is how many items Key Vault puts on a page.
const most = 25

// pageOf cuts the page that a request asks for out of the sorted names, and tells the address of the next one.
func pageOf(names []string, address string, asked *url.URL) ([]string, *string, error) {
	query := asked.Query()
	size := most
	if text := query.Get("maxresults"); text != "" {
		wanted, err := strconv.Atoi(text)
		if err != nil || wanted < 1 || wanted > most {
			return nil, nil, badParameter("The request URI contains an invalid value for maxresults: it must be from 1 to %d.", most)
		}
		size = wanted
	}
	after, err := base64.RawURLEncoding.DecodeString(query.Get("$skiptoken"))
	if err != nil {
		return nil, nil, badParameter("The request URI contains an invalid skiptoken.")
	}
	sort.Strings(names)
	start := 0
	if len(after) > 0 {
		index, found := slices.BinarySearch(names, string(after))
		start = index
		if found {
			start++
		}
	}
	end := min(start+size, len(names))
	if end == len(names) {
		return names[start:end], nil, nil
	}
	query.Set("maxresults", strconv.Itoa(size))
	query.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(names[end-1])))
	next := address + asked.Path + "?" + query.Encode()
	return names[start:end], &next, nil
}

func namesOf[T any](objects map[string]*object[T]) []string {
	names := make([]string, 0, len(objects))
	for name := range objects {
		names = append(names, name)
	}
	return names
}
