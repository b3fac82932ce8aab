// orders: writes an order down and adds it up.
//
//   POST /  {"customer": "c", "items": [{"sku": "tea", "quantity": 2, "price": 450}]}
//                            201 {"id": "ord_…", "customer": "c", "items": 1, "total": 900}
//                            400 {"error": …}  not JSON, or not of this shape
//   other methods            405
//
// The id is a hash (64-bit FNV-1a) of the customer and the lines of the order: the same cart of the same customer is the same
// order, so a repeated request does no harm, and a demonstration prints the same id every time. A shop with a memory would add a
// counter of its own.
import { POST, readRequest, respond, respondError } from "../as/http";
import { Json, Kind, parse, quote } from "../as/json";

export { cabi_realloc } from "../as/wasi";

const BODY_LIMIT = 65536;
const MOST_LINES = 100;
const MOST_OF_ONE: i64 = 1_000;
const HIGHEST_PRICE: i64 = 100_000_000;

const FNV_OFFSET: u64 = 0xcbf29ce484222325;
const FNV_PRIME: u64 = 0x100000001b3;

class Order {
  hash: u64 = FNV_OFFSET;
  total: i64 = 0;
  lines: i32 = 0;

  // Text is closed by a unit that no text contains, so that "ab"+"c" and "a"+"bc" differ.
  mixText(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.mix(<u64>text.charCodeAt(i));
    }

    this.mix(0x10000);
  }

  mix(value: u64): void {
    this.hash = (this.hash ^ value) * FNV_PRIME;
  }

  // False when the line is not {sku, quantity, price} within the limits.
  add(line: Json): bool {
    const sku = line.member("sku");
    const quantityGiven = line.member("quantity");
    const priceGiven = line.member("price");
    if (sku === null || sku.kind != Kind.Text || quantityGiven === null || priceGiven === null) {
      return false;
    }

    const quantity = quantityGiven.whole(MOST_OF_ONE);
    const price = priceGiven.whole(HIGHEST_PRICE);
    if (quantity < 1 || price < 0) {
      return false;
    }

    this.mixText(sku.text);
    this.mix(quantity);
    this.mix(price);
    this.total += quantity * price;
    this.lines++;
    return true;
  }

  id(): string {
    let digits = "";
    for (let shift = 60; shift >= 0; shift -= 4) {
      digits += "0123456789abcdef".charAt(<i32>((this.hash >> shift) & 15));
    }

    return "ord_" + digits;
  }
}

export function handle(incoming: i32, responseOut: i32): void {
  const request = readRequest(incoming, BODY_LIMIT);
  if (request.method != POST) {
    respondError(responseOut, 405, "send a POST");
    return;
  }

  const document = parse(request.body);
  if (document === null) {
    respondError(responseOut, 400, "the body is not JSON");
    return;
  }

  const customer = document.member("customer");
  const items = document.member("items");
  if (customer === null || customer.kind != Kind.Text || items === null || items.kind != Kind.List) {
    respondError(responseOut, 400, "an order has a customer and a list of items");
    return;
  }

  if (items.items.length == 0 || items.items.length > MOST_LINES) {
    respondError(responseOut, 400, "an order has 1 to 100 items");
    return;
  }

  const order = new Order();
  order.mixText(customer.text);
  for (let i = 0; i < items.items.length; i++) {
    if (!order.add(items.items[i])) {
      respondError(responseOut, 400, "an item has a sku, a quantity from 1 to 1000 and a price in cents");
      return;
    }
  }

  respond(responseOut, 201,
    `{"id":"${order.id()}","customer":${quote(customer.text)},"items":${order.lines.toString()},"total":${order.total.toString()}}`);
}
