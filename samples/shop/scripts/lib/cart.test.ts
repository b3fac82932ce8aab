// A library of scripts is tested like any other module.
import { readCart } from "./cart";

test("lines of the same item become one", () => {
  const cart = readCart("POST", {
    token: "demo",
    items: [
      { sku: "tea", quantity: 1 },
      { sku: "cup", quantity: 3 },
      { sku: "tea", quantity: 2 },
    ],
  });

  expect(cart).toEqual({
    token: "demo",
    items: [
      { sku: "tea", quantity: 3 },
      { sku: "cup", quantity: 3 },
    ],
  });
});

test("only a POST carries a cart", () => {
  expect(readCart("GET", {})).toEqual({ fault: "Send the cart with a POST." });
});

test("a fault names the line", () => {
  const fault = readCart("POST", { items: [{ sku: "tea", quantity: 1 }, { sku: "", quantity: 1 }] });

  expect(fault).toEqual({ fault: expect.stringContaining("items[1]") });
});
