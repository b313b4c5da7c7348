//! The colours of the page: our own, and a shop's made readable. What can be seen is decided here; `frontend/src/checkout.css` only names it.

use super::color::Rgb;

/// What text must have (WCAG 2.2, 1.4.3).
const TEXT: f32 = 4.5;
/// What a sign or an edge must have (1.4.11).
const EDGE: f32 = 3.0;
/// A surface on which text has no more than this lies in the middle: there is little to give away.
const COMFORTABLE: f32 = 7.0;

/// What a shop states about the colours; nothing it need not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub accent: Option<Rgb>,
    pub background: Option<Rgb>,
    pub surface: Option<Rgb>,
    pub text: Option<Rgb>,
}

macro_rules! palette {
    ($($field:ident $token:literal $light:literal $dark:literal)*) => {
        /// Every colour of the page, each a custom property of its style sheet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Palette {
            $(pub $field: Rgb,)*
        }

        impl Palette {
            /// Ours by day.
            pub const LIGHT: Self = Self { $($field: Rgb::hex($light),)* };
            /// Ours by night.
            pub const DARK: Self = Self { $($field: Rgb::hex($dark),)* };

            /// The custom properties' names with their values.
            pub const fn tokens(&self) -> [(&'static str, Rgb); Self::COUNT] {
                [$(($token, self.$field),)*]
            }

            const COUNT: usize = [$($token),*].len();
        }
    };
}

palette! {
    background "--checkout-background" 0xf3_f5f8 0x0c_0f14
    surface "--checkout-surface" 0xff_ffff 0x16_1a21
    raised "--checkout-raised" 0xf7_f8fa 0x1e_242d
    text "--checkout-text" 0x13_1722 0xee_f1f6
    muted "--checkout-muted" 0x58_6174 0xa3_adbd
    line "--checkout-line" 0xdf_e3ea 0x31_3946
    accent "--checkout-accent" 0x1d_4ed8 0x8f_b4ff
    button "--checkout-button" 0x1d_4ed8 0x8f_b4ff
    button_strong "--checkout-button-strong" 0x17_3fae 0xb3_ccff
    button_line "--checkout-button-line" 0x1d_4ed8 0x8f_b4ff
    on_button "--checkout-on-button" 0xff_ffff 0x0a_1633
    good "--checkout-good" 0x0b_7148 0x62_d9a0
    good_ground "--checkout-good-ground" 0xe4_f5ec 0x10_301f
    warn "--checkout-warn" 0x7a_4300 0xff_ca7a
    warn_ground "--checkout-warn-ground" 0xff_f4df 0x33_270f
    bad "--checkout-bad" 0xa8_201a 0xff_a49c
    bad_ground "--checkout-bad-ground" 0xfd_eceb 0x3b_1a18
}

impl Palette {
    /// This palette with a shop's wishes in it, as far as everything can still be read. What a shop wishes for a button is its face; where
    /// the same colour is to be read, as text or as the ring around what has the focus, it is darker or lighter if need be.
    pub fn with(self, wishes: Wishes) -> Self {
        // Nothing is moved that nobody has touched.
        if wishes == Wishes::default() {
            return self;
        }
        self.on_surface(wishes.surface).with_text(wishes.text, wishes.background).with_accent(wishes.accent).with_signs()
    }

    /// A light surface takes our light colours around it and a dark one the dark ones, whatever the time of day.
    fn on_surface(self, wished: Option<Rgb>) -> Self {
        let Some(surface) = wished else { return self };
        let pole = surface.pole();
        let ours = if pole == Rgb::BLACK { Self::LIGHT } else { Self::DARK };
        // Towards the text as ours are, but on a surface in the middle away from it.
        let has_room = surface.contrast(pole) > COMFORTABLE;
        let raised = surface.mixed(if has_room { pole } else { opposite(pole) }, 4);
        Self { background: raised, surface, raised, line: surface.mixed(pole, 16), ..ours }
    }

    fn with_text(self, text: Option<Rgb>, background: Option<Rgb>) -> Self {
        let (pole, grounds) = (self.surface.pole(), [self.surface, self.raised]);
        let text = text.unwrap_or(self.text).readable(&grounds, TEXT, pole);
        let muted = if text == self.text { self.muted } else { text.mixed(self.surface, 30) }.readable(&grounds, TEXT, pole);
        // The background gives way to the text, at the worst until it is the surface.
        let background = background.unwrap_or(self.background);
        let is_legible = |background: &Rgb| [text, muted].iter().all(|color| color.contrast(*background) >= TEXT);
        let background = (0..=100).map(|hundredths| background.mixed(self.surface, hundredths)).find(is_legible).unwrap_or(self.surface);
        Self { background, text, muted, ..self }
    }

    fn with_accent(self, wished: Option<Rgb>) -> Self {
        let accent = wished.unwrap_or(self.accent).readable(&[self.surface, self.raised, self.background], TEXT, self.surface.pole());
        let Some(button) = wished else { return Self { accent, ..self } };
        let on_button = button.pole();
        Self { accent, button, button_strong: button.mixed(opposite(on_button), 15), on_button, ..self }
    }

    /// The signs of good and bad, and the edge of a button that would else be lost on the surface.
    fn with_signs(self) -> Self {
        let pole = self.surface.pole();
        let sign = |sign: Rgb, ground: Rgb| sign.readable(&[self.surface, self.raised, ground], TEXT, pole);
        Self {
            good: sign(self.good, self.good_ground),
            warn: sign(self.warn, self.warn_ground),
            bad: sign(self.bad, self.bad_ground),
            button_line: if self.button.contrast(self.surface) < EDGE { self.accent } else { self.button },
            ..self
        }
    }
}

fn opposite(pole: Rgb) -> Rgb {
    if pole == Rgb::BLACK { Rgb::WHITE } else { Rgb::BLACK }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option;
    use proptest::prelude::*;

    fn unreadable(palette: &Palette) -> Vec<String> {
        let p = palette;
        let grounds = [("surface", p.surface), ("raised", p.raised), ("background", p.background)];
        let on_grounds = [("text", p.text), ("muted", p.muted), ("accent", p.accent)];
        let texts = on_grounds.into_iter().flat_map(|text| grounds.map(|ground| (text, ground, TEXT)));
        let signs = [("good", p.good, p.good_ground), ("warn", p.warn, p.warn_ground), ("bad", p.bad, p.bad_ground)];
        let signs = signs.into_iter().flat_map(|(name, sign, own)| {
            [("its ground", own), ("surface", p.surface), ("raised", p.raised)].map(|ground| ((name, sign), ground, TEXT))
        });
        let faces = [("button", p.button), ("button_strong", p.button_strong)].map(|face| (("on_button", p.on_button), face, TEXT));
        let edge = [(("button_line", p.button_line), ("surface", p.surface), EDGE)];
        let pairs = texts.chain(signs).chain(faces).chain(edge);
        let bad = pairs.filter(|((_, one), (_, other), ratio)| one.contrast(*other) < *ratio);
        bad.map(|((one, a), (other, b), ratio)| format!("{one} {a} on {other} {b}: {} < {ratio}", a.contrast(b))).collect()
    }

    fn any_color() -> impl Strategy<Value = Rgb> {
        // Greys and the very same colours are where it is tight; chance seldom makes them.
        let grey = any::<u8>().prop_map(|shade| Rgb([shade; 3]));
        prop_oneof![any::<[u8; 3]>().prop_map(Rgb), grey, Just(Rgb::BLACK), Just(Rgb::WHITE), Just(Rgb::hex(0x75_7575))]
    }

    #[test]
    fn our_own_colours_can_be_read() {
        assert_eq!(unreadable(&Palette::LIGHT), Vec::<String>::new());
        assert_eq!(unreadable(&Palette::DARK), Vec::<String>::new());
    }

    #[test]
    fn who_wishes_nothing_gets_ours() {
        assert_eq!(Palette::LIGHT.with(Wishes::default()), Palette::LIGHT);
        assert_eq!(Palette::DARK.with(Wishes::default()), Palette::DARK);
    }

    #[test]
    fn a_bright_accent_stays_on_the_button_and_is_darkened_where_it_is_read() {
        let yellow = Rgb::hex(0xff_d400);
        let palette = Palette::LIGHT.with(Wishes { accent: Some(yellow), ..Wishes::default() });
        assert_eq!((palette.button, palette.on_button), (yellow, Rgb::BLACK));
        assert!(palette.accent != yellow && palette.button_line == palette.accent, "{palette:?}");
        assert_eq!(palette.surface, Rgb::WHITE);
    }

    #[test]
    fn a_dark_surface_by_day_takes_our_dark_colours_around_it() {
        let palette = Palette::LIGHT.with(Wishes { surface: Some(Rgb::hex(0x10_1010)), ..Wishes::default() });
        assert_eq!((palette.text, palette.bad, palette.button), (Palette::DARK.text, Palette::DARK.bad, Palette::DARK.button));
    }

    #[test]
    fn text_in_the_colour_of_its_surface_is_moved_until_it_can_be_read() {
        let wishes = Wishes { surface: Some(Rgb::WHITE), text: Some(Rgb::WHITE), ..Wishes::default() };
        let text = Palette::DARK.with(wishes).text;
        assert!((4.5..4.8).contains(&text.contrast(Rgb::hex(0xf5_f5f5))), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_a_shop_wishes_everything_can_be_read(
            accent in option::of(any_color()),
            background in option::of(any_color()),
            surface in option::of(any_color()),
            text in option::of(any_color()),
            by_night: bool,
        ) {
            let wishes = Wishes { accent, background, surface, text };
            let palette = if by_night { Palette::DARK } else { Palette::LIGHT }.with(wishes);
            prop_assert_eq!(unreadable(&palette), Vec::<String>::new());
            if let Some(accent) = accent {
                prop_assert_eq!(palette.button, accent);
            }
            if let Some(surface) = surface {
                prop_assert_eq!(palette.surface, surface);
            }
        }
    }
}
