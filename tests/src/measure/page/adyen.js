// As the documentation has it: the drop-in and the components of the methods on offer, with the styles. The list of methods is what the
// shop's server would have fetched and put into the page, so that nothing is waited for. No method is open at first: until an open one
// has its fields, which come from Adyen's servers, none can be pressed.
import { AdyenCheckout, Dropin, Card, Klarna, Redirect } from "@adyen/adyen-web";
import "@adyen/adyen-web/styles/adyen.css";
const here = (path) => `${location.origin}/test/${path}/`;
const paymentMethods = [
  { type: "scheme", name: "Cards", brands: ["visa", "mc", "amex"] },
  { type: "klarna", name: "Pay later with Klarna" },
  { type: "alipay", name: "AliPay" },
  { type: "wechatpayWeb", name: "WeChat Pay" },
];
const checkout = await AdyenCheckout({
  environment: "test",
  clientKey: "test_00000000000000000000000000000000",
  countryCode: "US",
  locale: "en-US",
  amount: { value: 1890, currency: "USD" },
  paymentMethodsResponse: { paymentMethods },
  _environmentUrls: { api: here("api"), analytics: here("analytics"), cdn: { images: here("images"), translations: here("texts") } },
  onSubmit() {},
  onAdditionalDetails() {},
});
new Dropin(checkout, { paymentMethodComponents: [Card, Klarna, Redirect], openFirstPaymentMethod: false }).mount("#dropin");
