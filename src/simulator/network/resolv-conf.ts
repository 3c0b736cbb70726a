import type { DNSReply, RecordType } from "./dns-records.ts";
import type { NameServer } from "./network.ts";

/** What /etc/resolv.conf says. */
export interface ResolvConf {
  nameservers: readonly string[];
  search: readonly string[];
  ndots: number;
}

export function parseResolvConf(text: string): ResolvConf {
  const conf = { nameservers: [] as string[], search: [] as string[], ndots: 1 };
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === "nameserver" && values[0]) conf.nameservers.push(values[0]);
    if (keyword === "search") conf.search = values;
    const ndots = keyword === "options" && values.find((value) => value.startsWith("ndots:"));
    if (ndots) conf.ndots = Number(ndots.slice(6));
  }
  return conf;
}

/** The names a resolver asks for, in order: a name with fewer dots than ndots is tried below the search domains first. */
function candidateNames(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const below = search.map((domain) => `${name}.${domain}`);
  return name.split(".").length - 1 >= ndots ? [name, ...below] : [...below, name];
}

/** One question as libc's resolver asks it: the first candidate with an answer. Undefined: no name server speaks. */
export function searchName(
  name: string,
  type: RecordType,
  conf: ResolvConf,
  query: NameServer,
): (DNSReply & { server: string; name: string }) | undefined {
  for (const server of conf.nameservers) {
    let last: (DNSReply & { server: string; name: string }) | undefined;
    for (const candidate of candidateNames(name, conf)) {
      const reply = query(server, candidate, type);
      if (!reply) break;
      last = { ...reply, server, name: candidate };
      if (reply.answers.length > 0) return last;
    }
    if (last) return last;
  }
  return undefined;
}

/** Addresses of a name: the hosts file first, then DNS. An address is its own. Undefined: no such name. */
export function resolveName(name: string, files: { hosts: string; resolvConf: string }, query: NameServer): string[] | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return [name];
  const known = hostsEntries(files.hosts).filter(({ names }) => names.includes(name.replace(/\.$/, "")));
  if (known.length > 0) return known.map(({ ip }) => ip);
  const reply = searchName(name, "A", parseResolvConf(files.resolvConf), query);
  const addresses = reply?.answers.filter(({ type }) => type === "A").map(({ data }) => data);
  return addresses?.length ? addresses : undefined;
}

/** The IPv4 lines of /etc/hosts. */
export const hostsEntries = (text: string): { ip: string; names: string[] }[] =>
  text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .flatMap(([ip, ...names]) => (ip && /^\d+\.\d+\.\d+\.\d+$/.test(ip) ? [{ ip, names }] : []));
