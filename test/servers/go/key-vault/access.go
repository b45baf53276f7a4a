package main

import (
	"slices"
	"strings"
)

// rootID is the application that may do everything and is not counted: tests arrange things by it.
const rootID = "00000000-0000-0000-0000-000000000000"

// rule lets an application do something, to all objects of a kind or to some.
type rule struct {
	Kind        string   `json:"kind"`
	Permissions []string `json:"permissions"`
	// Names of the objects; all of them when empty.
	Names []string `json:"names"`
}

func (r rule) allows(asked operation) bool {
	return r.Kind == asked.kind && slices.Contains(r.Permissions, asked.permission) &&
		(len(r.Names) == 0 || slices.ContainsFunc(r.Names, func(name string) bool {
			return strings.EqualFold(name, asked.name)
		}))
}

// actions are the permissions by the names that roles have for them.
var actions = map[string]string{"get": "getSecret/action", "list": "readMetadata/action", "set": "setSecret/action"}

// authorize refuses what no rule of the application allows.
func (v *vault) authorize(caller principal, asked operation) error {
	if caller.appID == rootID || slices.ContainsFunc(v.access[caller.appID], func(each rule) bool { return each.allows(asked) }) {
		return nil
	}
	name, _, _ := strings.Cut(v.host, ".")
	who := "appid=" + caller.appID + ";oid=" + caller.objectID + ";iss=" + caller.issuer
	if !v.rbac {
		return refuse(403, "Forbidden", "AccessDenied",
			"The user, group or application '%s' does not have %s %s permission on key vault '%s;location=westeurope'. "+
				"For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
			who, asked.kind, asked.permission, name)
	}
	action := actions[asked.permission]
	if asked.kind != "secrets" || action == "" {
		action = asked.permission
	}
	return refuse(403, "Forbidden", "ForbiddenByRbac",
		"Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were "+
			"changed recently, please observe propagation time.\r\nCaller: %s\r\nAction: 'Microsoft.KeyVault/vaults/%s/%s'\r\n"+
			"Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: %s;location=westeurope",
		who, asked.kind, action, name)
}
