//! The two looks of diagrams, which are those of the page.

use std::{fmt, str::FromStr};

use merman::svg::{HostTheme, HostThemeAppearance, Presentation, PresentationError, PresentationProfile, ThemeRole};

use super::measure;

/// Which of the page's two looks a picture goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// The name in addresses, `?theme=dark`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The colours, which are those of the style sheet's tokens: background, text, shapes, their edges, lines, groups.
    pub(super) fn colours(self) -> [&'static str; 6] {
        match self {
            Self::Light => ["#fffdf8", "#22252b", "#f4ecdd", "#8c5a3c", "#5b5f68", "#f7f4ec"],
            Self::Dark => ["#1d2024", "#ebe6db", "#2c2a27", "#d99a76", "#a9aeb8", "#24272c"],
        }
    }

    /// The colours of things that are told apart by colour, such as branches: those of programs on the page.
    fn series(self) -> [&'static str; 5] {
        match self {
            Self::Light => ["#a8431c", "#1d548e", "#27633a", "#8a2f6b", "#6a5100"],
            Self::Dark => ["#f0a27c", "#93c3f0", "#92cd9b", "#e3a0cd", "#e0c675"],
        }
    }

    pub(super) fn presentation(self) -> Result<Presentation, PresentationError> {
        use ThemeRole::*;
        let [canvas, text, surface, border, line, group] = self.colours();
        let appearance = match self {
            Self::Light => HostThemeAppearance::Light,
            Self::Dark => HostThemeAppearance::Dark,
        };
        let roles = [
            (canvas, &[Canvas, EdgeLabelBackground][..]),
            (text, &[Text, SubtleText, NoteText, ActorText]),
            (surface, &[Surface, SurfaceAlt, ActorBackground, ActivationBackground]),
            (group, &[SurfaceMuted, ClusterBackground, NoteBackground]),
            (border, &[Border, ActorBorder, ActivationBorder]),
            (line, &[Line, ClusterBorder, NoteBorder]),
        ];
        let mut theme = HostTheme::new().with_appearance(appearance).try_with_font_family(measure::FONTS)?;
        theme = theme.try_with_font_size("15px")?.try_with_series_palette(self.series())?;
        for (colour, roles) in roles {
            for role in roles {
                theme = theme.try_with_role(*role, colour)?;
            }
        }
        Ok(Presentation::new().with_profile(PresentationProfile::MermanModern).with_theme(theme))
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Theme {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name).ok_or(())
    }
}
