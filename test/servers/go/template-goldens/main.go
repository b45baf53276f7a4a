// Command template-goldens reads cases of templates as JSON from its standard input, renders each with
// consul-template, or with text/template alone where a case has data of its own, and writes what came of it.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
	"unicode/utf8"

	dep "github.com/hashicorp/consul-template/dependency"
	consul "github.com/hashicorp/consul-template/template"
)

type testCase struct {
	Name       string `json:"name"`
	Template   string `json:"template"`
	MissingKey string `json:"missingKey"`
	// Data is JSON for the dot at the start.
	Data    *string           `json:"data"`
	Env     map[string]string `json:"env"`
	Answers []answer          `json:"answers"`
}

// answer is what the source gives for a path: for a read, a write (with args), a list or a certificate.
type answer struct {
	Path   string            `json:"path"`
	Args   map[string]string `json:"args"`
	Secret *secret           `json:"secret"`
	Keys   []string          `json:"keys"`
	PEM    *dep.PemEncoded   `json:"pem"`
}

type secret struct {
	RequestID     string `json:"requestId"`
	LeaseID       string `json:"leaseId"`
	LeaseDuration int    `json:"leaseDuration"`
	Renewable     bool   `json:"renewable"`
	// Data is JSON, of which numbers are kept as they are written.
	Data     string   `json:"data"`
	Warnings []string `json:"warnings"`
}

type golden struct {
	Name string `json:"name"`
	// Output, or Base64 where it is not UTF-8, or Error.
	Output *string `json:"output,omitempty"`
	Base64 *string `json:"base64,omitempty"`
	Stage  string  `json:"stage,omitempty"`
	Error  string  `json:"error,omitempty"`
}

func main() {
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	var cases []testCase
	if err := decoder.Decode(&cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goldens := make([]golden, len(cases))
	for i, each := range cases {
		goldens[i] = renderCase(each)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(goldens); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func renderCase(each testCase) golden {
	result := golden{Name: each.Name}
	output, err := render(each)
	switch {
	case err != nil:
		result.Error = err.Error()
		result.Stage = "parse"
		if strings.Contains(result.Error, ": executing ") || strings.HasPrefix(result.Error, "execute") {
			result.Stage = "execute"
		}
	case utf8.Valid(output):
		text := string(output)
		result.Output = &text
	default:
		text := base64.StdEncoding.EncodeToString(output)
		result.Base64 = &text
	}
	return result
}

func render(each testCase) ([]byte, error) {
	if each.Data != nil || each.MissingKey == "default" {
		return renderPlain(each)
	}
	brain, err := brainOf(each.Answers)
	if err != nil {
		return nil, err
	}
	parsed, err := consul.NewTemplate(&consul.NewTemplateInput{
		Contents:      each.Template,
		ErrMissingKey: each.MissingKey == "error",
	})
	if err != nil {
		return nil, err
	}
	env := make([]string, 0, len(each.Env))
	for name, value := range each.Env {
		env = append(env, name+"="+value)
	}
	result, err := parsed.Execute(&consul.ExecuteInput{Brain: brain, Env: env})
	if err != nil {
		return nil, err
	}
	if missing := result.Missing.Len(); missing > 0 {
		return nil, fmt.Errorf("execute: %d answers are not among the case: %s", missing, result.Missing)
	}
	return result.Output, nil
}

// renderPlain renders without consul-template, which has neither data nor missingkey=default.
func renderPlain(each testCase) ([]byte, error) {
	var data any
	if each.Data != nil {
		if err := json.Unmarshal([]byte(*each.Data), &data); err != nil {
			return nil, err
		}
	}
	parsed := template.New("")
	if each.MissingKey != "" {
		parsed = parsed.Option("missingkey=" + each.MissingKey)
	}
	parsed, err := parsed.Parse(each.Template)
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, data); err != nil {
		return nil, err
	}
	return output.Bytes(), nil
}

func brainOf(answers []answer) (*consul.Brain, error) {
	brain := consul.NewBrain()
	for _, each := range answers {
		query, value, err := known(each)
		if err != nil {
			return nil, err
		}
		brain.Remember(query, value)
	}
	return brain, nil
}

func known(each answer) (dep.Dependency, any, error) {
	args := make(map[string]any, len(each.Args))
	for key, value := range each.Args {
		args[key] = value
	}
	switch {
	case each.PEM != nil:
		query, err := dep.NewVaultPKIQuery(each.Path, "", args)
		return query, *each.PEM, err
	case each.Keys != nil:
		query, err := dep.NewVaultListQuery(each.Path)
		return query, each.Keys, err
	case each.Secret == nil:
		return nil, nil, fmt.Errorf("%s: an answer is a secret, keys or a pem", each.Path)
	}
	data := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(each.Secret.Data))
	decoder.UseNumber()
	if err := decoder.Decode(&data); err != nil {
		return nil, nil, err
	}
	value := &dep.Secret{
		RequestID:     each.Secret.RequestID,
		LeaseID:       each.Secret.LeaseID,
		LeaseDuration: each.Secret.LeaseDuration,
		Renewable:     each.Secret.Renewable,
		Data:          data,
		Warnings:      each.Secret.Warnings,
	}
	if each.Args == nil {
		query, err := dep.NewVaultReadQuery(each.Path)
		return query, value, err
	}
	query, err := dep.NewVaultWriteQuery(each.Path, args)
	return query, value, err
}
