/** A refusal in the kubelet's words, `container not found ("web")`, with its HTTP code. */
export class KubeletRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
