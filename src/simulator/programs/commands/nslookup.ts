import { sleep } from "../../clock.ts";
import type { DNSRecord, DNSReply, RecordType } from "../../network/dns-records.ts";
import { parseResolvConf } from "../../network/resolv-conf.ts";
import type { ProgramContext } from "../program.ts";
import { command } from "./command.ts";
import { usage } from "./net-problem.ts";

/** networking/nslookup.c: how long it waits for a server. */
const TIMEOUT = 5_000;
const TYPES: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"]);

/** nslookup since busybox 1.29: it asks for names as they are given, without search domains. */
export const nslookup = command(async (context, args) => {
  const asked = args
    .flatMap((arg) => /^-(?:query)?type=(.*)$/.exec(arg)?.[1]?.toUpperCase() ?? [])
    .filter((type) => TYPES.has(type));
  const [name, server] = args.filter((arg) => !arg.startsWith("-"));
  if (name === undefined) {
    return usage(
      context,
      "nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]",
      "Query DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any",
    );
  }
  const address = server ?? (await nameServer(context));
  const reverse = /^\d+(\.\d+){3}$/.test(name) && asked.length === 0;
  const question = reverse ? `${name.split(".").toReversed().join(".")}.in-addr.arpa` : name;
  const types = asked.length ? asked : reverse ? ["PTR"] : ["A", "AAAA"];
  const replies = types.map((type) => context.host.query(address, question, type as RecordType));
  if (replies.includes(undefined)) {
    await sleep(context.clock, TIMEOUT);
    context.stdout(";; connection timed out; no servers could be reached\n\n");
    return 1;
  }
  context.stdout(`Server:\t\t${address}\nAddress:\t${address}:53\n\n`);
  for (const reply of replies as DNSReply[]) {
    if (reply.rcode === "NXDOMAIN") context.stdout(`** server can't find ${question}: NXDOMAIN\n`);
    for (const record of reply.answers) context.stdout(shown(record));
    context.stdout("\n");
  }
  return (replies as DNSReply[]).some(({ rcode }) => rcode === "NXDOMAIN") ? 1 : 0;
});

function shown({ name, type, data }: DNSRecord): string {
  const target = data.replace(/\.$/, "");
  switch (type) {
    case "A":
    case "AAAA":
      return `Name:\t${name}\nAddress: ${data}\n`;
    case "CNAME":
      return `${name}\tcanonical name = ${target}\n`;
    case "PTR":
      return `${name}\tname = ${target}\n`;
    case "SRV":
      return `${name}\tservice = ${target}\n`;
    default:
      return `${name}\t${type} = ${data}\n`;
  }
}

/** nslookup until busybox 1.28: it asks libc, which knows the search domains, and names every address it prints. */
export const nslookupOfLibc = command(async (context, args) => {
  const [name, server] = args.filter((arg) => !arg.startsWith("-"));
  if (name === undefined)
    return usage(
      context,
      "nslookup [HOST] [SERVER]",
      "Query the nameserver for the IP address of the given HOST\noptionally using a specified DNS server",
    );
  const address = server ?? (await nameServer(context));
  const named = (ip: string) => {
    const [record] = context.host.query(address, `${ip.split(".").toReversed().join(".")}.in-addr.arpa`, "PTR")?.answers ?? [];
    return `${ip}${record ? ` ${record.data.replace(/\.$/, "")}` : ""}`;
  };
  context.stdout(`Server:    ${address}\nAddress 1: ${named(address)}\n\n`);
  const addresses = context.host.resolve(name);
  if (!addresses) {
    context.stderr(`nslookup: can't resolve '${name}'\n`);
    return 1;
  }
  context.stdout(`Name:      ${name}\n${addresses.map((ip, index) => `Address ${index + 1}: ${named(ip)}\n`).join("")}`);
  return 0;
});

async function nameServer({ files }: ProgramContext): Promise<string> {
  const text = (await files.exists("/etc/resolv.conf")) ? String(await files.read("/etc/resolv.conf")) : "";
  return parseResolvConf(text).nameservers[0] ?? "127.0.0.1";
}
