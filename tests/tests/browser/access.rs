//! Whether everybody can use the checkout where it is embedded: the page of the shop and the frame in it, examined as one. Every state of the
//! checkout by itself is examined in `tests/tests/access.rs`; here is also what only a running widget says.

use crate::customer::Customer;
use crate::embedding::{goes_to_the_playground, puts_a_dialog, until};
use checkout_tests::access::{self, Examiner, Finding};
use checkout_tests::browser::{Device, Place};
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;

crate::stories! {
    everybody_can_pay_in_a_dialog: EVERYWHERE,
    everybody_can_pay_in_the_shops_page: EVERYWHERE,
}

async fn everybody_can_pay_in_a_dialog(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "access-dialog").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    let examiner = Examiner::equip(browser).await?;
    goes_to_the_playground(&customer).await?;
    puts_a_dialog(&customer).await?;
    page.press("Pay now").await?;
    checkout.wait_for("How would you like to pay?").await?;
    until(checkout, WIDGET_RUNS).await?;
    let dialog = page.role_and_name("return checkout.shadowRoot.querySelector('dialog')").await?;
    assert_eq!(dialog, ("dialog".to_owned(), "Payment".to_owned()));
    let mut findings = examiner.examine_embedded("choosing").await?;

    checkout.press("USDT Tron (TRC-20)").await?;
    checkout.wait_for("Send exactly this amount").await?;
    findings.extend(examiner.examine_embedded("paying").await?);

    checkout.evaluate(KEEP_SAYING).await?;
    browser.allow_copying(true).await?;
    checkout.press("Copy address").await?;
    checkout.wait_for("Copied").await?;
    findings.extend(examiner.examine_embedded("copied").await?);
    browser.allow_copying(false).await?;
    checkout.evaluate("document.execCommand = () => false").await?;
    checkout.press("Copy amount").await?;
    checkout.wait_for("Your browser did not allow copying.").await?;
    findings.extend(examiner.examine_embedded("to be copied by hand").await?);
    assert_eq!(checkout.evaluate("return document.querySelectorAll('.copy-done').length").await?, 1, "it said so all the while");
    nothing_is_found(&findings);
    customer.leaves().await
}

/// What was painted first has made way for the widget.
const WIDGET_RUNS: &str = "'live' in document.getElementById('checkout').dataset";

/// What a copy button says for a moment it goes on saying while it is examined.
const KEEP_SAYING: &str = "const later = setTimeout; window.setTimeout = (what, ms, ...rest) => later(what, ms > 2000 ? 1e6 : ms, ...rest)";

async fn everybody_can_pay_in_the_shops_page(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "access-shop").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    let examiner = Examiner::equip(&customer.browser).await?;
    customer.buys_beans().await?;
    until(checkout, WIDGET_RUNS).await?;
    let mut findings = examiner.examine_embedded("choosing").await?;
    checkout.press("USDT Tron (TRC-20)").await?;
    checkout.wait_for("Send exactly this amount").await?;
    findings.extend(examiner.examine_embedded("paying").await?);
    customer.pays_elsewhere(&customer.session().await?).await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    findings.extend(examiner.examine_embedded("paid").await?);
    nothing_is_found(&findings);
    a_fault_would_be_found(&examiner, page, checkout).await?;
    customer.leaves().await
}

fn nothing_is_found(findings: &[Finding]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), access::report(findings));
}

/// That nothing is found means something only if it would be, in the page and within the frame.
async fn a_fault_would_be_found(examiner: &Examiner<'_>, page: Place<'_>, checkout: Place<'_>) -> Outcome {
    page.evaluate("document.querySelector('main').append(document.createElement('button'))").await?;
    checkout.evaluate("document.querySelector('main').append(document.createElement('select'))").await?;
    let findings = examiner.examine_embedded("with faults").await?;
    for fault in ["axe finds button-name", "axe finds select-name"] {
        assert!(findings.iter().any(|finding| finding.what.contains(fault)), "{fault:?} is not among\n{}", access::report(&findings));
    }
    Ok(())
}
