//! What the loader asks for in a shop's name: a session that is open already, a dialog, a look. And the shop's sign.

use crate::client::{Edge, check};
use crate::doors::page_data;
use crate::{Story, Told, stories};
use checkout_shared::route::Route;

stories! { Story:
    a_session_that_is_open_is_embedded,
    a_page_looks_as_the_shop_states_and_does_so_again,
    a_look_that_is_none_changes_nothing,
    a_dialog_can_be_closed_by_whom_it_stands_with,
    the_shops_sign_is_shown,
}

struct Page {
    status: u16,
    html: String,
}

async fn page(edge: &Edge, query: &str) -> Result<Page, libtest_mimic::Failed> {
    let answer = edge.get(format!("{}?{query}", Route::Enter)).await?;
    Ok(Page { status: answer.status().as_u16(), html: answer.text().await? })
}

/// What stands behind the page's own styles.
fn look(page: &Page) -> Result<&str, libtest_mimic::Failed> {
    let styles = page.html.split_once("<style nonce=").and_then(|(_, rest)| rest.split_once("</style>")).ok_or("no styles")?.0;
    Ok(styles.rsplit_once('\n').ok_or("the style sheet ends with a line")?.1)
}

async fn a_session_that_is_open_is_embedded(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = Route::Page(opening.capability.clone()).to_string();
    for session in [opening.capability.to_string(), path.clone()] {
        let page = page(edge, &format!("session={session}&order=&origin={}", edge.storefront)).await?;
        let data = page_data(&page.html)?;
        check(page.status == 200 && data["page"] == path.as_str(), format!("{}: {data}", page.status))?;
        check(data["session"]["id"] == opening.capability.id.as_str() && data["embedder"] == edge.storefront.as_str(), &data)?;
    }
    let foreign = format!("session={}.{}", opening.capability.id, "A".repeat(43));
    check(page(edge, &foreign).await?.status == 403, "the token is another's")?;
    check(page(edge, "session=..%2Fx").await?.status == 400, "that names no session")?;
    let elsewhere = format!("session={}&origin=https://elsewhere.example", opening.capability);
    check(page(edge, &elsewhere).await?.status == 403, "only listed shops may embed")
}

async fn a_page_looks_as_the_shop_states_and_does_so_again(edge: &Edge) -> Told {
    let order = edge.sign(&Edge::claims());
    let plain = page(edge, &format!("order={order}")).await?;
    check(look(&plain)?.is_empty(), look(&plain)?)?;
    let dressed = page(edge, &format!("order={order}&theme=dark&accent=gold&radius=99px&surface=&lang=de")).await?;
    let dark = look(&dressed)?.to_owned();
    check(dark.contains("color-scheme:dark;") && dark.contains("--checkout-button:#ffd700;"), &dark)?;
    check(dark.contains("--checkout-radius:28px;"), &dark)?;

    let data = page_data(&dressed.html)?;
    check(data["query"] == "lang=de&accent=%23ffd700&radius=28px&theme=dark", &data["query"])?;
    let address = format!("{}?{}", data["page"].as_str().unwrap_or_default(), data["query"].as_str().unwrap_or_default());
    let again = Page { status: 200, html: edge.get(address).await?.text().await? };
    check(look(&again)? == dark, look(&again)?)
}

async fn a_look_that_is_none_changes_nothing(edge: &Edge) -> Told {
    let query =
        "accent=%3C%2Fstyle%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&font=url(https%3A%2F%2Felsewhere.example)&theme=night&spacing=1%7D";
    let page = page(edge, &format!("order={}&{query}", edge.sign(&Edge::claims()))).await?;
    check(look(&page)? == "/* left out, for it is not of its kind: theme, accent, font, spacing */", look(&page)?)?;
    check(!page.html.contains("elsewhere.example") && !page.html.contains("alert(1)"), "nothing of it is passed on")?;
    check(page_data(&page.html)?["query"].is_null(), "nor asked for again")
}

async fn a_dialog_can_be_closed_by_whom_it_stands_with(edge: &Edge) -> Told {
    let order = edge.sign(&Edge::claims());
    let modal = page(edge, &format!("order={order}&mode=modal&origin={}", edge.storefront)).await?;
    let data = page_data(&modal.html)?;
    check(data["modal"] == true && data["query"].as_str().is_some_and(|query| query.ends_with("&mode=modal")), &data)?;
    check(modal.html.contains("class=\"close\""), "and the button is there at first sight")?;
    let alone = page(edge, &format!("order={order}&mode=modal")).await?;
    check(page_data(&alone.html)?["modal"].is_null() && !alone.html.contains("class=\"close\""), "there is nobody to close it")
}

async fn the_shops_sign_is_shown(edge: &Edge) -> Told {
    let sign = format!("{}/beans.svg", edge.storefront);
    let page = page(edge, &format!("order={}", edge.sign(&Edge::claims()))).await?;
    check(page_data(&page.html)?["logo"] == sign.as_str(), "the widget is told")?;
    check(
        page.html.contains(&format!("<img class=\"summary-logo\" src=\"{sign}\" alt=\"\" width=\"40\" height=\"40\"")),
        "and it is painted",
    )
}
