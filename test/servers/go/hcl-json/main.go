// Writes the HCL it is given as JSON: whether it is formatted, and each block with its labels, its attributes
// evaluated, and the blocks within.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type block struct {
	Type       string                     `json:"type"`
	Labels     []string                   `json:"labels"`
	Attributes map[string]json.RawMessage `json:"attributes"`
	Blocks     []block                    `json:"blocks"`
}

func main() {
	source, err := io.ReadAll(os.Stdin)
	fail(err)
	file, diagnostics := hclparse.NewParser().ParseHCL(source, "stdin")
	check(diagnostics)
	body := file.Body.(*hclsyntax.Body)
	out, err := json.Marshal(map[string]any{
		"formatted": bytes.Equal(hclwrite.Format(source), source),
		"blocks":    blocksOf(body, source),
	})
	fail(err)
	fmt.Println(string(out))
}

func blocksOf(body *hclsyntax.Body, source []byte) []block {
	blocks := []block{}
	for _, each := range body.Blocks {
		attributes := map[string]json.RawMessage{}
		for name, attribute := range each.Body.Attributes {
			attributes[name] = valueOf(attribute.Expr, source)
		}
		blocks = append(blocks, block{each.Type, each.Labels, attributes, blocksOf(each.Body, source)})
	}
	return blocks
}

// What refers to something else stays as it is written.
func valueOf(expression hclsyntax.Expression, source []byte) json.RawMessage {
	value, diagnostics := expression.Value(&hcl.EvalContext{Variables: map[string]cty.Value{
		"var": cty.ObjectVal(map[string]cty.Value{
			"aws_region":     cty.StringVal("eu-central-1"),
			"aws_account_id": cty.StringVal("111122223333"),
			"key_vault_ids":  cty.MapVal(map[string]cty.Value{"acme": cty.StringVal("/vaults/acme")}),
			"principal_ids":  cty.MapVal(map[string]cty.Value{"shop/web": cty.StringVal("principal")}),
		}),
	}})
	if diagnostics.HasErrors() {
		text, err := json.Marshal(string(expression.Range().SliceBytes(source)))
		fail(err)
		return text
	}
	out, err := ctyjson.Marshal(value, value.Type())
	fail(err)
	return out
}

func check(diagnostics hcl.Diagnostics) {
	if diagnostics.HasErrors() {
		fail(diagnostics)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
