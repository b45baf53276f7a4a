package source

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

// away fails until it has been asked often enough.
type away struct {
	tries    []time.Time
	ready    int
	failure  *failure.Failure
	duration time.Duration
}

func (a *away) String() string              { return "https://b" }
func (a *away) Check(context.Context) error { return nil }
func (a *away) Ask(context.Context) (*answer.Answer, error) {
	a.tries = append(a.tries, time.Now())
	time.Sleep(a.duration)
	if a.ready > 0 && len(a.tries) >= a.ready {
		return &answer.Answer{}, nil
	}
	return nil, a.failure
}

func notThere() *failure.Failure { return failure.Passing("", "https://b cannot be reached: refused") }

func await(ctx context.Context, source Source, limit time.Duration) (lines []string, err error) {
	log := report.NewWriter("text", func(line []byte) { lines = append(lines, string(line)) })
	_, err = Await(ctx, source, limit, log)
	return lines, err
}

func TestAwait(t *testing.T) {
	t.Run("4.1 tries again until the source answers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			source := &away{ready: 5, failure: notThere()}
			lines, err := await(t.Context(), source, 300*time.Second)
			if err != nil || len(source.tries) != 5 {
				t.Errorf("%v after %d tries", err, len(source.tries))
			}
			if len(lines) != 2 || !strings.Contains(lines[0], "trying again for 5m0s") || !strings.Contains(lines[1], "answered after") {
				t.Errorf("%q", lines)
			}
		})
	})

	t.Run("4.1 ends when the time has passed, with the last reason", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			source := &away{failure: &failure.Failure{Code: failure.Deadline, Problem: "asked too often", Retry: true}, duration: time.Second}
			lines, err := await(t.Context(), source, 300*time.Second)
			problem := isFailure(t, err, failure.Deadline, true).Problem
			if took := time.Since(began); took < 300*time.Second || took > 302*time.Second {
				t.Errorf("took %v", took)
			}
			if !strings.Contains(problem, "asked too often; gave up after") || len(lines) > 5 {
				t.Errorf("%q, %q", problem, lines)
			}
		})
	})

	t.Run("4.1 tries once when there is no time to wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			source := &away{failure: notThere()}
			if _, err := await(t.Context(), source, 0); len(source.tries) != 1 {
				t.Errorf("%d tries: %v", len(source.tries), err)
			}
		})
	})

	t.Run("4.1 ends at once on what does not pass", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			source := &away{failure: failure.New(failure.Denied, "", "no")}
			lines, err := await(t.Context(), source, time.Hour)
			isFailure(t, err, failure.Denied, false)
			if len(source.tries) != 1 || len(lines) != 0 {
				t.Errorf("%d tries, %q", len(source.tries), lines)
			}
		})
	})

	t.Run("4.1 tries again over connections that fail", func(t *testing.T) {
		t.Parallel()
		server := scripted.NewTLS(t, scripted.Answer(
			scripted.Raw(""), scripted.Raw("HTTP/1.1 200 OK\nContent-Length: 99\n\n{"), scripted.Give(503, ""), scripted.Give(200, fine),
		))
		if lines, err := await(t.Context(), open(t, server.Address, planFor(server)), time.Minute); err != nil {
			t.Errorf("%v, %q", err, lines)
		}
		if count := len(server.Requests()); count != 4 {
			t.Errorf("%d requests", count)
		}
	})

	t.Run("4.1 waits for an address, a name and a socket that are not there yet", func(t *testing.T) {
		t.Parallel()
		authority := scripted.NewAuthority(t)
		wanted := plan.Plan{ServerName: "x", Roots: authority.PEM()}
		for _, text := range []string{
			"https://" + closedPort(t), "https://name.invalid:1", "unix:" + filepath.Join(t.TempDir(), "absent"),
		} {
			failed(t, open(t, text, wanted), failure.Unavailable, true)
		}
	})

	t.Run("4.2 waits a random time that grows to 140 seconds", func(t *testing.T) {
		for n, most := range map[int]time.Duration{
			1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 8: 128 * time.Second, 9: longestPause, 10: longestPause, 99: longestPause,
		} {
			longest, shortest := time.Duration(0), time.Hour
			for range 2000 {
				wait, last := pause(n, 0, time.Hour)
				if wait < 0 || wait > most || last {
					t.Fatalf("retry %d waits %v", n, wait)
				}
				longest, shortest = max(longest, wait), min(shortest, wait)
			}
			if longest < most*9/10 || shortest > most/10 {
				t.Errorf("retry %d waits between %v and %v", n, shortest, longest)
			}
		}
	})

	t.Run("4.2 never waits beyond what is left", func(t *testing.T) {
		for range 2000 {
			if wait, last := pause(20, 0, 3*time.Second); wait > 3*time.Second || last {
				t.Fatalf("waits %v", wait)
			}
		}
		if _, last := pause(1, 0, 0); !last {
			t.Error("tries although nothing is left")
		}
	})

	t.Run("3.7 waits at least as long as the source asks for", func(t *testing.T) {
		for range 2000 {
			if wait, _ := pause(4, 3*time.Second, time.Hour); wait < 3*time.Second || wait > 8*time.Second {
				t.Fatalf("waits %v", wait)
			}
			if wait, last := pause(1, 30*time.Second, time.Hour); wait != 30*time.Second || last {
				t.Fatalf("waits %v", wait)
			}
		}
	})

	t.Run("3.7 does not try before that, even when the time ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			passing := notThere()
			passing.After = time.Hour
			source := &away{failure: passing}
			began := time.Now()
			_, err := await(t.Context(), source, 20*time.Second)
			isFailure(t, err, failure.Unavailable, true)
			if len(source.tries) != 1 || time.Since(began) != 20*time.Second {
				t.Errorf("%d tries in %v", len(source.tries), time.Since(began))
			}
		})
	})

	t.Run("4.3 ends a try after 30 seconds, at whatever it is", func(t *testing.T) {
		for name, script := range map[string]string{
			"silence":      "",
			"half a head":  "HTTP/1.1 200 O",
			"half a body":  "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
			"half a chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
		} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					connect := func(context.Context) (net.Conn, error) {
						ours, theirs := net.Pipe()
						go func() {
							buffer := make([]byte, 4096)
							_, _ = theirs.Read(buffer)
							_, _ = theirs.Write([]byte(script))
							for {
								if _, err := theirs.Read(buffer); err != nil {
									return
								}
							}
						}()
						return ours, nil
					}
					began := time.Now()
					problem := failed(t, newRemote("https://b", connect, plan.Plan{}, checkReady), failure.Unavailable, true).Problem
					if took := time.Since(began); took != 30*time.Second || !strings.Contains(problem, "no answer in time") {
						t.Errorf("took %v: %q", took, problem)
					}
				})
			})
		}
	})

	t.Run("4.3 ends connecting after 5 seconds", func(t *testing.T) {
		t.Parallel()
		address := deaf(t)
		began := time.Now()
		_, err := dial(t.Context(), "tcp", address)
		if took := time.Since(began); err == nil || took < 4*time.Second || took > 25*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})

	t.Run("a signal ends the waiting at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			why := errors.New("why")
			time.AfterFunc(10*time.Second, func() { cancel(why) })
			began := time.Now()
			passing := notThere()
			passing.After = time.Minute
			if _, err := await(ctx, &away{failure: passing}, time.Hour); !errors.Is(err, why) || time.Since(began) != 10*time.Second {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
	})
}

// closedPort is an address that refuses connections.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	return listener.Addr().String()
}

// deaf is an address that does not answer: its queue is full, so that the kernel drops what asks for a connection.
func deaf(t *testing.T) string {
	t.Helper()
	descriptor, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(descriptor) })
	if err := syscall.Bind(descriptor, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(descriptor, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(descriptor)
	if err != nil {
		t.Fatal(err)
	}
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}).String()
	first, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { first.Close() })
	return address
}
