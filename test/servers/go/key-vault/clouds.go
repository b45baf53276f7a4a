package main

import (
	"slices"
	"strings"
)

// tenant is the one directory there is.
const tenant = "5d8c1f0e-7f3b-4c1e-9a52-3c1d7a1f0b11"

// cloud is one of Azure's, by the names its services have.
type cloud struct {
	vaultSuffix string
	// resource is what a token must be made out to.
	resource string
	// logins are the hosts of its login service. The first is the one a challenge names.
	logins []string
}

var clouds = []cloud{
	{
		".vault.azure.net", "https://vault.azure.net",
		[]string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
	},
	{
		".vault.azure.cn", "https://vault.azure.cn",
		[]string{"login.chinacloudapi.cn", "login.partner.microsoftonline.cn"},
	},
	{
		".vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net",
		[]string{"login.microsoftonline.us", "login.usgovcloudapi.net"},
	},
}

// cloudOfVault tells the cloud of a vault's host; one that is not Azure's counts as the public cloud's.
func cloudOfVault(host string) cloud {
	index := slices.IndexFunc(clouds, func(each cloud) bool { return strings.HasSuffix(host, each.vaultSuffix) })
	return clouds[max(index, 0)]
}

// cloudOfLogin tells the cloud whose login service has this host, if one has.
func cloudOfLogin(host string) (cloud, bool) {
	index := slices.IndexFunc(clouds, func(each cloud) bool { return slices.Contains(each.logins, host) })
	return clouds[max(index, 0)], index >= 0
}

// cloudOfResource tells the cloud that a token is for.
func cloudOfResource(resource string) cloud {
	index := slices.IndexFunc(clouds, func(each cloud) bool { return each.resource == resource })
	return clouds[max(index, 0)]
}
