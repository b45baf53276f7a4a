package main

import (
	"fmt"
	"runtime"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

// version is set by the linker.
var version = "0.0.0"

func versionText() string {
	return fmt.Sprintf("sluice-launch %s (protocol %d, plan %d, %s, %s/%s)",
		version, answer.Protocol, plan.ReaderVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

const helpText = `sluice-launch starts a container's command with its secrets in its environment.

  sluice-launch exec -- COMMAND [ARGS...]   ask the source, fill the environment, become COMMAND
  sluice-launch check                       end with 0 if the source is ready, else with 69; for probes
  sluice-launch install DIR                 copy this program to DIR/sluice-launch
  sluice-launch version                     print versions
  sluice-launch help                        print this

Variables, which COMMAND does not see:

  SLUICE_PLAN         what the container needs, as the webhook wrote it
  SLUICE_SOURCE       who is asked: https://HOST:PORT, unix:/PATH or file:/PATH
  SLUICE_LOG_FORMAT   json for one JSON object a line on standard error; else text

Nothing else in the environment changes what it does. It waits for a source that is away, as long as the plan says.
COMMAND keeps the process id, standard streams, open descriptors, signals and limits.

Exit codes: 64 usage, 66 not found, 69 source unavailable, 70 fault, 75 asked too often, 77 denied or not trusted,
78 configuration, 126 not executable, 127 no such command, 128+n signal n; else COMMAND's own.
`
