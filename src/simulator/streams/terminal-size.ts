interface Size {
  columns: number;
  rows: number;
}

/** Reads a client's `{"Width":80,"Height":24}` messages, however they are cut, and tells them on; the last one at once. */
export function resizeReader(): { read(bytes: Uint8Array): void; listen(hear: (size: Size) => void): void } {
  const listeners: ((size: Size) => void)[] = [];
  const decoder = new TextDecoder();
  let text = "";
  let last: Size | undefined;
  return {
    read(bytes) {
      text += decoder.decode(bytes, { stream: true });
      for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}")) {
        const size = parse(text.slice(0, end + 1));
        text = text.slice(end + 1);
        if (!size) continue;
        last = size;
        for (const hear of listeners) hear(size);
      }
    },
    listen(hear) {
      listeners.push(hear);
      if (last) hear(last);
    },
  };
}

function parse(text: string): Size | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width: number; Height: number };
    return { columns: Width, rows: Height };
  } catch {
    return undefined;
  }
}
