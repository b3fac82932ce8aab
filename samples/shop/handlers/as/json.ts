// A small JSON reader (RFC 8259) into a tree, and the one thing writing needs: a quoted string.

export enum Kind { Null, False, True, Number, Text, List, Record }

const DEEPEST = 32;

export class Json {
  // A number's digits, or a string's content.
  text: string = "";
  // Elements of a list, values of a record.
  items: Json[] = [];
  // Names of a record's values.
  keys: string[] = [];

  constructor(readonly kind: Kind) {}

  // The last member called `name`, null when there is none or this is no record.
  member(name: string): Json | null {
    for (let i = this.keys.length - 1; i >= 0; i--) {
      if (this.keys[i] == name) {
        return this.items[i];
      }
    }

    return null;
  }

  // A whole number from 0 to `most`, written without fraction and exponent; -1 for anything else.
  whole(most: i64): i64 {
    if (this.kind != Kind.Number || this.text.length > 15) {
      return -1;
    }

    let value: i64 = 0;
    for (let i = 0; i < this.text.length; i++) {
      const digit = this.text.charCodeAt(i) - 0x30;
      if (digit < 0 || digit > 9) {
        return -1;
      }

      value = value * 10 + digit;
    }

    return value <= most ? value : -1;
  }
}

// Null when `text` is not one JSON document.
export function parse(text: string): Json | null {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.skipSpace();
  return reader.atEnd() ? value : null;
}

export function quote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x22 || unit == 0x5c) {
      out += "\\" + text.charAt(i);
    } else if (unit < 0x20) {
      out += "\\u00" + (unit < 0x10 ? "0" : "1") + "0123456789abcdef".charAt(unit & 15);
    } else {
      out += text.charAt(i);
    }
  }

  return out + '"';
}

// Each method starts at its first character and returns null, or false, at the first fault.
class Reader {
  private at: i32 = 0;

  constructor(private readonly source: string) {}

  atEnd(): bool {
    return this.at == this.source.length;
  }

  // -1 at the end.
  private peek(): i32 {
    return this.at < this.source.length ? this.source.charCodeAt(this.at) : -1;
  }

  private take(unit: i32): bool {
    if (this.peek() != unit) {
      return false;
    }

    this.at++;
    return true;
  }

  skipSpace(): void {
    while (true) {
      const unit = this.peek();
      if (unit != 0x20 && unit != 0x09 && unit != 0x0a && unit != 0x0d) {
        return;
      }

      this.at++;
    }
  }

  value(depth: i32): Json | null {
    if (depth == DEEPEST) {
      return null;
    }

    this.skipSpace();
    switch (this.peek()) {
      case 0x7b: return this.items(Kind.Record, 0x7d, depth + 1);
      case 0x5b: return this.items(Kind.List, 0x5d, depth + 1);
      case 0x22: return this.text();
      case 0x74: return this.word("true", Kind.True);
      case 0x66: return this.word("false", Kind.False);
      case 0x6e: return this.word("null", Kind.Null);
      default: return this.number();
    }
  }

  private items(kind: Kind, close: i32, depth: i32): Json | null {
    const result = new Json(kind);
    this.at++;
    this.skipSpace();
    if (this.take(close)) {
      return result;
    }

    do {
      if (kind == Kind.Record) {
        this.skipSpace();
        const key = this.text();
        this.skipSpace();
        if (key === null || !this.take(0x3a)) {
          return null;
        }

        result.keys.push(key.text);
      }

      const item = this.value(depth);
      if (item === null) {
        return null;
      }

      result.items.push(item);
      this.skipSpace();
    } while (this.take(0x2c));

    return this.take(close) ? result : null;
  }

  private word(word: string, kind: Kind): Json | null {
    for (let i = 0; i < word.length; i++) {
      if (!this.take(word.charCodeAt(i))) {
        return null;
      }
    }

    return new Json(kind);
  }

  private digits(): bool {
    const start = this.at;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) {
      this.at++;
    }

    return this.at > start;
  }

  private number(): Json | null {
    const start = this.at;
    this.take(0x2d);
    if (!this.take(0x30) && !this.digits()) {
      return null;
    }

    if (this.take(0x2e) && !this.digits()) {
      return null;
    }

    if (this.take(0x65) || this.take(0x45)) {
      if (!this.take(0x2b)) {
        this.take(0x2d);
      }

      if (!this.digits()) {
        return null;
      }
    }

    const result = new Json(Kind.Number);
    result.text = this.source.substring(start, this.at);
    return result;
  }

  private text(): Json | null {
    if (!this.take(0x22)) {
      return null;
    }

    let out = "";
    while (true) {
      const unit = this.peek();
      if (unit < 0x20) {
        return null; // a bare control character, or the end
      }

      this.at++;
      if (unit == 0x22) {
        break;
      }

      const decoded = unit == 0x5c ? this.escape() : unit;
      if (decoded < 0) {
        return null;
      }

      out += String.fromCharCode(decoded);
    }

    const result = new Json(Kind.Text);
    result.text = out;
    return result;
  }

  // The code unit an escape stands for, after its backslash.
  private escape(): i32 {
    const unit = this.peek();
    this.at++;
    switch (unit) {
      case 0x22: case 0x5c: case 0x2f: return unit;
      case 0x62: return 0x08;
      case 0x66: return 0x0c;
      case 0x6e: return 0x0a;
      case 0x72: return 0x0d;
      case 0x74: return 0x09;
      case 0x75: return this.hex();
      default: return -1;
    }
  }

  private hex(): i32 {
    let unit = 0;
    for (let i = 0; i < 4; i++) {
      const c = this.peek();
      const letter = (c | 0x20) - 0x61;
      const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : letter >= 0 && letter < 6 ? letter + 10 : -1;
      if (digit < 0) {
        return -1;
      }

      unit = (unit << 4) | digit;
      this.at++;
    }

    return unit;
  }
}
