/**
 * A POSIX shell script that is PID 1 for `"$@"`, with signals `numbers` passed on to it. A shell reaps
 * every child it has, orphans too (waitpid(-1)): dash, busybox ash and bash do.
 *
 * - A signal that arrives before the child is there waits in `early`.
 * - setsid, where there is one, keeps the keys of a terminal (Ctrl-C) from reaching the child twice: from
 *   the terminal, and from us.
 * - A background job would read /dev/null; descriptor 3 carries our stdin past that. We keep none of it,
 *   or whoever writes to it would never see it closed.
 * - `wait` ends for a trap as well. Only if the child is gone then (a zombie is not) is the status its own,
 *   or still to be had from a second `wait`, which says 127 when it is not.
 */
export function initScript(numbers: readonly number[]): string {
  return `
child= early= woken=
forward() {
  woken=1
  if [ "$child" ]; then kill "-$1" "$child" 2>/dev/null; else early="$early $1"; fi
}
for signal in ${numbers.join(" ")}; do trap "forward $signal" "$signal"; done
if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
exec 3<&0
"$@" <&3 3<&- &
child=$!
exec <&- 3<&-
for signal in $early; do forward "$signal"; done
while wait "$child"; status=$?; [ "$woken" ]; do
  woken=
  kill -0 "$child" 2>/dev/null && continue
  wait "$child" 2>/dev/null; again=$?
  [ "$again" = 127 ] || status=$again
  break
done
exit "$status"
`.trim();
}
