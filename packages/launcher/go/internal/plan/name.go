package plan

import "strings"

// NameFault tells what 1.5 has against the name of a variable, "" where nothing.
func NameFault(name string) string {
	switch {
	case name == "":
		return "is empty"
	case strings.HasPrefix(name, "SLUICE_"):
		return "begins with SLUICE_"
	case strings.ContainsAny(name, "=\x00"):
		return "holds = or NUL"
	}
	return ""
}
