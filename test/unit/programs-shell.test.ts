import { beforeAll, expect, test } from "vitest";
import { createNode, logText } from "../helpers/container-node.ts";

// The grammar is loaded when the first shell runs, which takes real time; the clock of these tests is stepped.
beforeAll(async () => void (await import("just-bash")));

/** Runs a script in a busybox container until it ends, or until `ms` have passed. */
async function run(script: string, { ms = 1_000, env = {} }: { ms?: number; env?: Record<string, string> } = {}) {
  const { run, clock } = createNode();
  const container = await run("busybox:1.36", { command: ["sh", "-c", script], env });
  await clock.step(ms);
  const exit = await Promise.race([container.exited, Promise.resolve(undefined)]);
  return { output: logText(container), exitCode: exit?.exitCode, container, clock };
}

test("a loop's output shows as it is printed, and stops when the container is killed", async () => {
  const { output, exitCode, container, clock } = await run("i=0; while true; do i=$((i+1)); echo tick $i; sleep 1; done", {
    ms: 2_500,
  });
  expect(output).toBe("tick 1\ntick 2\ntick 3");
  expect(exitCode).toBeUndefined();

  container.kill("SIGTERM");
  await clock.step(1_000);
  expect(logText(container)).toBe("tick 1\ntick 2\ntick 3\ntick 4");
  container.kill("SIGKILL");
  expect(await container.exited).toEqual({ exitCode: 137 });
  await clock.step(5_000);
  expect(logText(container)).toBe("tick 1\ntick 2\ntick 3\ntick 4");
});

test.each([
  ["echo one; echo two >&2", "one\ntwo"],
  ["x='a  b'; echo $x \"$x\"", "a b a  b"],
  ['set -- \'a b\' c; for i in "$@"; do echo "<$i>"; done; echo $#', "<a b>\n<c>\n2"],
  ["f() { local y=2; echo $1 $y; return 3; }; y=1; f x; echo $? $y", "x 2\n3 1"],
  ["echo ${A:-default} ${B:=set} $B ${#B} ${C:+no}.", "default set set 3 ."],
  ["p=/a/b/c.txt; echo ${p##*/} ${p%/*} ${p%.txt} ${p#*/}", "c.txt /a/b /a/b/c a/b/c.txt"],
  ["echo $((1 + 2 * 3)) $((7 / 2)) $((x = 5, x++)) $x", "7 3 5 6"],
  ['echo "$(echo a; echo b)" `echo c`', "a\nb c"],
  ["cat_() { while read -r a b; do echo \"$b:$a\"; done; }; printf '1 2 3\\n4 5\\n' | cat_", "2 3:1\n5:4"],
  ["case foobar in a*) echo a;; foo*) echo foo;; esac", "foo"],
  ["if [ -f /etc/passwd ] && ! [ 1 -gt 2 ]; then echo yes; else echo no; fi", "yes"],
  ["true && echo a || echo b; false && echo c || echo d", "a\nd"],
  ["(exit 4); echo $?; { echo g; } ; (cd /tmp; pwd); pwd", "4\ng\n/tmp\n/"],
  ["trap 'echo bye' EXIT; echo hi", "hi\nbye"],
  ["set -e; false || true; if false; then :; fi; echo on; false; echo off", "on"],
  ["IFS=:; for d in $PATH_LIKE; do echo $d; done", "/a\n/b c"],
  ["echo /etc/pass* '*' \\*", "/etc/passwd * *"],
  ["cat <<END\nvalue $HOME\nEND", "value /root"],
  ['while read l; do echo "[$l]"; done <<END\nvalue $HOME\nlast\nEND', "[value /root]\n[last]"],
  ["nope; echo $?", "sh: nope: not found\n127"],
  ["echo a > /tmp/f; echo b >> /tmp/f; while read l; do echo $l; done < /tmp/f", "a\nb"],
  [
    "echo x > /no/where; echo $?; read y < /nope; echo $?",
    "sh: can't create /no/where: nonexistent directory\n1\nsh: can't open /nope: no such file\n1",
  ],
  ["for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done", "1\n3"],
  ["printf '%s-%03d|%5s|%-4s|\\n' a 7 bc d", "a-007|   bc|d   |"],
  ["echo {1..3} {a,b}", "{1..3} {a,b}"],
  ["done", 'sh: syntax error: unexpected "done"'],
  ["sleep 0.2 & p=$!; wait $p; echo done $?", "done 0"],
  ["sleep 100 & kill $!; wait $!; echo $?", "143"],
  ["yes_() { while :; do echo y; done; }; yes_ | read a; echo got", "got"],
  ["export A=1; B=2 sh -c 'echo $A $B $0 $1' x y", "1 2 x y"],
  ["exec sh -c 'echo $$'", "1"],
  ["set -x; a=1; echo $a", "+ a=1\n+ echo 1\n1"],
  ["alias say='echo -n said'; say it", "said it"],
  ["echo -e 'a\\tb\\c' ; echo -n z", "a\tbz"],
])("sh -c %j prints what ash prints", async (script, expected) => {
  const { output } = await run(script, { env: { PATH_LIKE: "/a:/b c", PATH: "/bin" } });
  expect(output).toBe(expected);
});

test("a filter prints each line as it comes, though its input never ends", async () => {
  const { output } = await run("while true; do echo served; echo noise; sleep 1; done | grep served", { ms: 1_500 });
  expect(output).toBe("served\nserved");
});

test("process 1 ignores SIGTERM without a trap, and runs the trap it has", async () => {
  const { run, clock, pod } = createNode();
  const sandbox = pod();
  const deaf = await run("busybox", { command: ["sleep", "1000"] }, sandbox);
  const polite = await run(
    "busybox",
    { command: ["sh", "-c", "trap 'echo bye; exit 3' TERM; while true; do sleep 1; done"] },
    sandbox,
  );
  await clock.step(100);
  deaf.kill("SIGTERM");
  polite.kill("SIGTERM");
  await clock.step(2_000);

  expect(await polite.exited).toEqual({ exitCode: 3 });
  expect(logText(polite)).toBe("bye");
  expect(await Promise.race([deaf.exited, Promise.resolve("runs")])).toBe("runs");
});
