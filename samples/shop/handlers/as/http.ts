// A request and a response as a handler likes to see them, over the raw calls of wasi.ts.
import {
  fieldsAppend, fieldsNew, incomingBodyDrop, incomingBodyStream, incomingRequestConsume, incomingRequestDrop, incomingRequestMethod,
  inputStreamDrop, inputStreamRead, ioErrorDrop, outgoingBodyFinish, outgoingBodyWrite, outgoingResponseBody, outgoingResponseNew,
  outgoingResponseSetStatus, outputStreamDrop, outputStreamWrite, responseOutparamSet,
} from "./wasi";
import { quote } from "./json";

// The discriminants of wasi:http's variant method.
export const GET: u8 = 0;
export const POST: u8 = 2;

const READ_SIZE: i64 = 16384;
const WRITE_LIMIT: i32 = 4096; // what one blocking-write-and-flush takes

// Large enough for every result of wasi.ts; word 0 holds the discriminant in its first byte.
const area = memory.data(64, 8);

export class Request {
  constructor(
    readonly method: u8,
    // Empty when it was longer than the limit: no JSON document either way.
    readonly body: string,
  ) {}
}

function failed(): bool {
  return load<u8>(area) != 0;
}

function expectHandle(): i32 {
  if (failed()) {
    unreachable(); // the host refused what the protocol guarantees: there is no sensible answer
  }

  return load<i32>(area, 4);
}

function readBody(stream: i32, limit: i32): string {
  const bytes = new Uint8Array(limit);
  let length = 0;
  while (true) {
    inputStreamRead(stream, READ_SIZE, area);
    if (failed()) {
      break;
    }

    const chunk = load<i32>(area, 8);
    if (chunk > limit - length) {
      return "";
    }

    memory.copy(bytes.dataStart + length, load<usize>(area, 4), chunk);
    length += chunk;
  }

  // The stream ends with `closed` (1); `last-operation-failed` (0) carries an error to give back.
  if (load<u8>(area, 4) == 0) {
    ioErrorDrop(load<i32>(area, 8));
  }

  return String.UTF8.decodeUnsafe(bytes.dataStart, length);
}

// Reads everything and gives the request's handle back to the host.
export function readRequest(incoming: i32, bodyLimit: i32): Request {
  incomingRequestMethod(incoming, area);
  const method = load<u8>(area);

  incomingRequestConsume(incoming, area);
  const body = expectHandle();
  incomingBodyStream(body, area);
  const stream = expectHandle();
  const text = readBody(stream, bodyLimit);

  // Children before parents.
  inputStreamDrop(stream);
  incomingBodyDrop(body);
  incomingRequestDrop(incoming);
  return new Request(method, text);
}

// Answers with a complete JSON body.
export function respond(responseOut: i32, status: i32, json: string): void {
  const type = String.UTF8.encode("application/json");
  const headers = fieldsNew();
  fieldsAppend(headers, "content-type", 12, changetype<usize>(type), type.byteLength, area);

  const response = outgoingResponseNew(headers);
  outgoingResponseSetStatus(response, status);
  outgoingResponseBody(response, area);
  const outgoing = expectHandle();
  outgoingBodyWrite(outgoing, area);
  const stream = expectHandle();

  responseOutparamSet(responseOut, 0, response, 0, 0, 0, 0, 0, 0);

  const body = String.UTF8.encode(json);
  for (let sent = 0; sent < body.byteLength; sent += WRITE_LIMIT) {
    outputStreamWrite(stream, changetype<usize>(body) + sent, min(WRITE_LIMIT, body.byteLength - sent), area);
    if (failed()) {
      break; // the client went away; nobody is left to tell
    }
  }

  outputStreamDrop(stream);
  outgoingBodyFinish(outgoing, 0, 0, area);
}

export function respondError(responseOut: i32, status: i32, message: string): void {
  respond(responseOut, status, `{"error":${quote(message)}}`);
}
