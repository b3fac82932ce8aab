// pricing: what does one of an item cost, in cents?
//
//   POST /  {"sku": "tea"}   200 {"sku": "tea", "price": 450}
//                            404 {"error": …}  unknown item
//                            400 {"error": …}  not JSON, or no sku in it
//   GET  /                   200 [{"sku": …, "price": …}, …]
//   other methods            405
import { GET, POST, readRequest, respond, respondError } from "../as/http";
import { Kind, parse, quote } from "../as/json";

export { cabi_realloc } from "../as/wasi";

const BODY_LIMIT = 16384;

const skus: string[] = ["tea", "coffee", "cup", "teapot"];
const prices: i32[] = [450, 690, 1200, 2900];

function row(index: i32): string {
  return `{"sku":${quote(skus[index])},"price":${prices[index].toString()}}`;
}

export function handle(incoming: i32, responseOut: i32): void {
  const request = readRequest(incoming, BODY_LIMIT);
  if (request.method == GET) {
    let list = "";
    for (let i = 0; i < skus.length; i++) {
      list += (i == 0 ? "" : ",") + row(i);
    }

    respond(responseOut, 200, `[${list}]`);
    return;
  }

  if (request.method != POST) {
    respondError(responseOut, 405, "send a GET or a POST");
    return;
  }

  const document = parse(request.body);
  if (document === null) {
    respondError(responseOut, 400, "the body is not JSON");
    return;
  }

  const sku = document.member("sku");
  if (sku === null || sku.kind != Kind.Text) {
    respondError(responseOut, 400, "sku is missing or not a string");
    return;
  }

  const index = skus.indexOf(sku.text);
  if (index < 0) {
    respondError(responseOut, 404, "no such item");
    return;
  }

  respond(responseOut, 200, row(index));
}
