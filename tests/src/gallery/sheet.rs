//! The contact sheet: all pictures on one page, a row for each state. Opens as a file; boxes at its head hide what one does not look at.

use super::look::Scheme;
use super::pictures::Picture;
use checkout_shared::language::Language;
use std::fmt::Write as _;

const STYLES: &str = include_str!("../../gallery/sheet.css");

/// The sheet for these pictures, which stand in their states' order.
#[must_use]
pub fn sheet(pictures: &[Picture]) -> String {
    let mut languages: Vec<Language> = Vec::new();
    let mut schemes: Vec<Scheme> = Vec::new();
    let mut widths: Vec<u32> = Vec::new();
    for picture in pictures {
        add(&mut languages, picture.page.language);
        add(&mut schemes, picture.scheme);
        add(&mut widths, picture.width);
    }
    let names = languages.iter().map(|language| language.tag().to_owned());
    let names = names.chain(schemes.iter().map(|scheme| scheme.name().to_owned())).chain(widths.iter().map(u32::to_string));
    let (mut boxes, mut rules) = (String::new(), String::new());
    for name in names {
        // Writing to a String cannot fail.
        let _ = writeln!(boxes, "<label><input type=\"checkbox\" id=\"is-{name}\" checked> {name}</label>");
        let _ = writeln!(rules, "body:has(#is-{name}:not(:checked)) .is-{name} {{ display: none }}");
    }
    let rows: String = pictures.chunk_by(|one, other| one.page.state == other.page.state).map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Gallery of the checkout</title>\n<style>\n{STYLES}{rules}</style>\n\
         <header><h1>{} pictures</h1>{boxes}</header>\n{rows}</html>\n",
        pictures.len()
    )
}

fn add<T: PartialEq>(known: &mut Vec<T>, one: T) {
    if !known.contains(&one) {
        known.push(one);
    }
}

/// One state in all its looks.
fn row(pictures: &[Picture]) -> String {
    let state = pictures.first().map(|picture| picture.page.state.as_str()).unwrap_or_default();
    let figures: String = pictures.iter().map(figure).collect();
    format!("<section id=\"{state}\"><h2><a href=\"#{state}\">{state}</a></h2><div class=\"row\">\n{figures}</div></section>\n")
}

fn figure(picture: &Picture) -> String {
    let Picture { page, scheme, width, height, path } = picture;
    let (language, scheme) = (page.language.tag(), scheme.name());
    // Half size: a row of phones fits on a screen.
    let (shown_width, shown_height) = (width / 2, height / 2);
    format!(
        "<figure class=\"is-{language} is-{scheme} is-{width}\"><a href=\"{path}\"><img loading=\"lazy\" src=\"{path}\" width=\"{shown_width}\" \
         height=\"{shown_height}\" alt=\"\"></a><figcaption>{language} {scheme} {width} <a href=\"pages/{}.{language}.html\">page</a>\
         </figcaption></figure>\n",
        page.state
    )
}

#[cfg(test)]
mod tests {
    use super::super::Page;
    use super::*;

    fn picture(state: &str, tag: &str, scheme: Scheme) -> Picture {
        let language = Language::closest(tag).unwrap();
        let page = Page { state: state.to_owned(), language, path: std::path::PathBuf::new() };
        Picture { page, scheme, width: 320, height: 900, path: format!("{state}/{tag}-{}-320.png", scheme.name()) }
    }

    #[test]
    fn each_picture_stands_in_the_row_of_its_state() {
        let pictures =
            [picture("01-choose", "en", Scheme::Light), picture("01-choose", "ar", Scheme::Dark), picture("08-pay", "en", Scheme::Light)];
        let sheet = sheet(&pictures);
        let rows: Vec<&str> = sheet.split("<section id=").skip(1).collect();
        assert_eq!(rows.len(), 2, "{sheet}");
        let shown = |row: &str| row.matches("<img").count();
        assert_eq!((shown(rows[0]), shown(rows[1])), (2, 1));
        assert!(rows[0].starts_with("\"01-choose\"") && rows[0].contains("src=\"01-choose/ar-dark-320.png\" width=\"160\" height=\"450\""));
        for name in ["en", "ar", "light", "dark", "320"] {
            assert_eq!(sheet.matches(&format!("id=\"is-{name}\"")).count(), 1, "one box hides all pictures in {name}");
        }
    }
}
