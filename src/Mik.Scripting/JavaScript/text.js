// mik:text — TextEncoder, TextDecoder, atob and btoa.

import * as host from "mik:host";
import { bytesOf } from "mik:sdk/bodies.js";

// Strings cross to the runtime up to their first U+0000, so text with such characters goes piece by piece.
export function utf8(text) {
  text = String(text).toWellFormed();
  if (!text.includes("\0")) {
    return new Uint8Array(host.encode(text));
  }

  const pieces = text.split("\0").map(piece => new Uint8Array(host.encode(piece)));
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length + 1, -1));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length + 1;
  }

  return bytes;
}

// The bytes of a view as a buffer of their own.
export function exactBuffer(bytes) {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength && buffer instanceof ArrayBuffer ? buffer : bytes.slice().buffer;
}

class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return utf8(text);
  }

  encodeInto(text, target) {
    text = String(text).toWellFormed();
    let read = 0;
    let written = 0;
    for (const character of text) {
      const code = character.codePointAt(0);
      const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (written + length > target.length) {
        break;
      }

      if (length === 1) {
        target[written] = code;
      } else {
        target.set(utf8(character), written);
      }

      written += length;
      read += character.length;
    }

    return { read, written };
  }
}

// Text with U+0000 comes as the UTF-16 it is made of.
function fromHost(text) {
  return text instanceof ArrayBuffer
    ? Array.from(new Uint16Array(text), unit => String.fromCharCode(unit)).join("")
    : text;
}

const labels = {
  "utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8",
  "utf-16le": "utf-16le", "utf-16": "utf-16le", "utf-16be": "utf-16be",
  "latin1": "windows-1252", "iso-8859-1": "windows-1252", "windows-1252": "windows-1252", "ascii": "windows-1252", "us-ascii": "windows-1252",
};

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #started = false;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    this.#encoding = labels[String(label).trim().toLowerCase()];
    if (this.#encoding === undefined) {
      throw new RangeError(`The encoding '${label}' is not supported`);
    }

    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = new Uint8Array(0), { stream = false } = {}) {
    let bytes = bytesOf(input);
    if (bytes === undefined) {
      throw new TypeError("TextDecoder.decode takes a buffer or a view of one");
    }

    if (this.#rest.length > 0) {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      bytes = joined;
    }

    const end = stream ? bytes.length - this.#unfinished(bytes) : bytes.length;
    this.#rest = bytes.slice(end);
    let text = fromHost(host.decode(exactBuffer(bytes.subarray(0, end)), this.#encoding, this.#fatal ? 1 : 0));
    if (text === undefined) {
      this.#rest = new Uint8Array(0);
      this.#started = false;
      throw new TypeError(`The bytes are not valid ${this.#encoding}`);
    }

    if (!this.#ignoreBOM && !this.#started && text.startsWith("\uFEFF")) {
      text = text.slice(1);
    }

    this.#started = stream && (this.#started || text.length > 0 || end > 0);
    return text;
  }

  // How many bytes at the end begin a character that the next chunk may finish.
  #unfinished(bytes) {
    const length = bytes.length;
    if (this.#encoding === "utf-16le" || this.#encoding === "utf-16be") {
      return length % 2;
    }

    if (this.#encoding === "utf-8") {
      for (let back = 1; back <= 3 && back <= length; back++) {
        const byte = bytes[length - back];
        if ((byte & 0xC0) !== 0x80) {
          const wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
          return wanted > back ? back : 0;
        }
      }
    }

    return 0;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map([...alphabet].map((character, index) => [character, index]));

function invalidCharacter(message) {
  return new DOMException(message, "InvalidCharacterError");
}

function btoa(text) {
  text = String(text);
  let result = "";
  for (let at = 0; at < text.length; at += 3) {
    const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (a > 255 || b > 255 || c > 255) {
      throw invalidCharacter("btoa takes characters up to U+00FF only");
    }

    result += alphabet[a >> 2] + alphabet[((a & 3) << 4) | (b >> 4)]
      + (at + 1 < text.length ? alphabet[((b & 15) << 2) | (c >> 6)] : "=")
      + (at + 2 < text.length ? alphabet[c & 63] : "=");
  }

  return result;
}

function atob(text) {
  text = String(text).replace(/[\t\n\f\r ]/g, "");
  if (text.length % 4 === 0) {
    text = text.replace(/==?$/, "");
  }

  if (text.length % 4 === 1) {
    throw invalidCharacter("The text is not valid Base64");
  }

  let result = "";
  let bits = 0;
  let count = 0;
  for (const character of text) {
    const value = values.get(character);
    if (value === undefined) {
      throw invalidCharacter("The text is not valid Base64");
    }

    bits = ((bits << 6) | value) & 0xFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      result += String.fromCharCode((bits >> count) & 255);
    }
  }

  return result;
}

export const globals = { TextEncoder, TextDecoder, atob, btoa };
