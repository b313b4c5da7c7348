//! Elements as calls: `el("p", &[("class", is("hint"))], [text(hint)])`.
//!
//! Where Yew's `html!` stands, the compiler writes out all that makes an element, some hundred bytes each time: the screens were 3 kB heavier
//! by it. So `html!` is for what these cannot do: the fields of forms.

use std::rc::Rc;
use yew::html::{NodeRef, onclick};
use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Listener, Listeners, VList, VNode, VTag, VText};

/// Attributes that are always there and always the same.
pub type Fixed = &'static [(&'static str, AttributeOrProperty)];

/// The value of one of those.
pub use AttributeOrProperty::Static as Is;

/// The value of another attribute; none where it is left out.
pub type Value = Option<AttributeOrProperty>;

/// A value. (Yew leaves an [`Is`] out of the HTML unless all of the element's are such.)
#[expect(clippy::unnecessary_wraps, reason = "it stands in a list beside values that are left out")]
pub fn is(value: impl Into<AttrValue>) -> Value {
    Some(AttributeOrProperty::Attribute(value.into()))
}

/// An element.
#[inline(never)]
pub fn el<const N: usize>(name: &'static str, attributes: Fixed, children: [Html; N]) -> Html {
    element(name, Attributes::Static(attributes), Vec::from(children))
}

/// An element whose attributes have other values from time to time.
#[inline(never)]
pub fn el_with<const M: usize, const N: usize>(
    name: &'static str,
    keys: &'static [&'static str; M],
    values: [Value; M],
    children: [Html; N],
) -> Html {
    element(name, Attributes::Dynamic { keys, values: Box::new(values) }, Vec::from(children))
}

/// An element with as many children as there are.
#[inline(never)]
pub fn element(name: &'static str, attributes: Attributes, children: Vec<Html>) -> Html {
    let children = VList::with_children(children, None).into();
    // What `html!` calls for an element that is no field.
    VTag::__new_other(name.into(), NodeRef::default(), None, attributes, Listeners::None, children).into()
}

/// The element, with somebody who hears what happens to it.
#[inline(never)]
pub fn heard(mut element: Html, listener: Rc<dyn Listener>) -> Html {
    // Just made, it has no other owner.
    if let VNode::VTag(tag) = &mut element
        && let Some(tag) = Rc::get_mut(tag)
    {
        tag.add_listener(listener);
    }
    element
}

/// The element, told of clicks.
#[inline(never)]
pub fn clicked(element: Html, told: Callback<MouseEvent>) -> Html {
    heard(element, Rc::new(onclick::Wrapper::new(told)))
}

/// An item of a list that stays itself wherever it comes to stand.
#[inline(never)]
pub fn item(key: String, inside: Html) -> Html {
    let children = VList::with_children(vec![inside], None).into();
    VTag::__new_other("li".into(), NodeRef::default(), Some(key.into()), Attributes::Static(&[]), Listeners::None, children).into()
}

/// Several things in a row.
#[inline(never)]
pub fn all<const N: usize>(children: [Html; N]) -> Html {
    VList::with_children(Vec::from(children), None).into()
}

/// Text.
#[inline(never)]
pub fn text(text: impl Into<AttrValue>) -> Html {
    VText::new(text).into()
}
