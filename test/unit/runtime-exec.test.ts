import { beforeAll, expect, test } from "vitest";
import { BytePipe } from "../../src/simulator/programs/byte-pipe.ts";
import { createNode, logText } from "../helpers/container-node.ts";

// Shells load their grammar when the first one runs, which takes real time; the clock of these tests is stepped.
beforeAll(async () => void (await import("just-bash")));

async function start(spec: Parameters<ReturnType<typeof createNode>["run"]>[1] = { command: ["sleep", "1000"] }) {
  const node = createNode();
  const container = await node.run("busybox:1.36", spec);
  const exec = async (argv: string[], { tty = false } = {}) => {
    const stdin = new BytePipe();
    const seen = { stdout: "", stderr: "" };
    const exited = container.exec(argv, {
      stdin,
      tty,
      stdout: (chunk) => void (seen.stdout += Buffer.from(chunk).toString()),
      stderr: (chunk) => void (seen.stderr += Buffer.from(chunk).toString()),
      resize: (listen) => listen({ columns: 40, rows: 10 }),
    });
    const type = async (text: string) => {
      await stdin.write(Buffer.from(text));
      await node.clock.step(10);
    };
    await node.clock.step(10);
    return { seen, stdin, exited, type };
  };
  return { ...node, container, exec };
}

test("a command gets its input, and its outputs stay apart", async () => {
  const { exec } = await start();
  const { stdin, seen, exited } = await exec(["sh", "-c", "cat; echo oops >&2; exit 3"]);
  await stdin.write(Buffer.from("hello\n"));
  stdin.end();

  expect(await exited).toBe(3);
  expect(seen).toEqual({ stdout: "hello\n", stderr: "oops\n" });
});

test("kubectl cp works both ways: tar reads from a pipe and writes to one", async () => {
  const { exec } = await start();
  const pack = await exec(["sh", "-c", "echo one > /tmp/notes.txt; tar cf - /tmp/notes.txt"]);
  expect(await pack.exited).toBe(0);
  expect(pack.seen.stderr).toBe("tar: removing leading '/' from member names\n");

  const archive = Buffer.from(pack.seen.stdout, "utf8");
  const unpack = await exec(["tar", "xmf", "-", "-C", "/root"]);
  await unpack.stdin.write(archive);
  unpack.stdin.end();
  expect(await unpack.exited).toBe(0);
  const read = await exec(["cat", "/root/tmp/notes.txt"]);
  await read.exited;
  expect(read.seen.stdout).toBe("one\n");
});

test("a shell at a terminal echoes, edits a line, and shows its prompt", async () => {
  const { exec } = await start();
  const { seen, exited, type } = await exec(["sh"], { tty: true });
  await type("echo hx\x7fi\r");
  await type("for i in 1 2; do\r");
  await type("echo $i; done\r");
  await type("exit 4\r");

  expect(await exited).toBe(4);
  expect(seen.stdout).toBe("/ # echo hx\b \bi\r\nhi\r\n/ # for i in 1 2; do\r\n> echo $i; done\r\n1\r\n2\r\n/ # exit 4\r\n");
});

test("^C ends what runs in front and leaves the shell; ^D ends the shell", async () => {
  const { exec, clock } = await start();
  const { seen, exited, type } = await exec(["sh"], { tty: true });
  await type("sleep 100; echo never\r");
  await clock.step(1_000);
  await type("\x03");
  await type("echo $?\r");
  await type("half\x03");
  await type("\x04");

  expect(await exited).toBe(130);
  expect(seen.stdout).toBe("/ # sleep 100; echo never\r\n^C\r\n/ # echo $?\r\n130\r\n/ # half^C\r\n/ # \r\n");
});

test("an attached client hears the main process, and its input is the container's once", async () => {
  const { container, clock } = await start({
    command: ["sh", "-c", "while read l; do echo got $l; done; echo end"],
    stdin: true,
    stdinOnce: true,
  });
  const stdin = new BytePipe();
  let heard = "";
  const attached = container.attach({ stdin, tty: false, stdout: (chunk) => void (heard += Buffer.from(chunk).toString()) });
  await stdin.write(Buffer.from("a\nb\n"));
  stdin.end();
  await clock.step(10);
  await attached;

  expect(heard).toBe("got a\ngot b\nend\n");
  expect(logText(container)).toBe("got a\ngot b\nend");
  expect(await container.exited).toEqual({ exitCode: 0 });
});

test("what a client started goes on when the client goes; when process 1 ends, all ends", async () => {
  const { container, exec, clock } = await start();
  const { exited } = await exec(["sh", "-c", "sleep 500; echo late"]);
  await clock.step(1_000);
  container.kill("SIGKILL");
  expect(await exited).toBe(137);
});

test("a shell reads the rest of a script from the same input as its commands do", async () => {
  const { exec } = await start();
  const { stdin, seen, exited } = await exec(["sh"]);
  await stdin.write(Buffer.from('read x\nthe line\necho "[$x]"\ncat\nall of the rest\n'));
  stdin.end();
  await exited;
  expect(seen.stdout).toBe("[the line]\nall of the rest\n");
});
