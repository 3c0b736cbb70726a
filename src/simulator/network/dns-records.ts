export type RecordType = "A" | "AAAA" | "CNAME" | "SRV" | "PTR" | "TXT" | "NS" | "SOA" | "MX";

/** One answer: `data` as `dig +short` prints it (`10.96.0.1`, `0 100 80 web.default.svc.cluster.local.`), names without their last dot. */
export interface DNSRecord {
  name: string;
  type: RecordType;
  ttl: number;
  data: string;
}

/** NOERROR without answers: the name exists, but has no record of that type. */
export interface DNSReply {
  rcode: "NOERROR" | "NXDOMAIN";
  answers: readonly DNSRecord[];
}
