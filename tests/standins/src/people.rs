//! The people of the demo: the same seed gives the same people on both sides.

/// Domain of most addresses.
pub const DOMAIN: &str = "mail.example";

const FIRST: &[&str] = &[
    "Ada", "Anton", "Aylin", "Ben", "Carla", "Clara", "David", "Deniz", "Elif", "Emil", "Emma", "Felix", "Finn", "Frida",
    "Greta", "Hanna", "Henri", "Ida", "Ilse", "Jakob", "Jana", "Jonas", "Karl", "Klara", "Lea", "Lena", "Levi", "Lina", "Luca",
    "Mara", "Marie", "Max", "Mia", "Mila", "Nele", "Noah", "Nora", "Olga", "Oskar", "Paul", "Pia", "Rosa", "Sami", "Selma",
    "Tilda", "Tom", "Uwe", "Vera", "Wanda", "Yusuf",
];

const LAST: &[&str] = &[
    "Acker", "Adler", "Albrecht", "Bauer", "Becker", "Berg", "Brandt", "Conrad", "Dietrich", "Ebert", "Engel", "Fischer",
    "Frank", "Gross", "Haas", "Hahn", "Hartmann", "Horn", "Jansen", "Kaiser", "Keller", "Koch", "Kraft", "Kuhn", "Lang",
    "Lorenz", "Ludwig", "Maier", "Neumann", "Otto", "Peters", "Pohl", "Richter", "Roth", "Sauer", "Schmidt", "Schulz", "Seidel",
    "Simon", "Sommer", "Stein", "Thomas", "Vogel", "Wagner", "Walter", "Weber", "Winter", "Wolf", "Yilmaz", "Ziegler",
];

/// Somebody with an account at authentik and perhaps a mailbox at mailcow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// `firstname.lastname`, with a number when the names repeat.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// `username` at [`DOMAIN`].
    pub email: String,
}

/// Person number `index` of the demo with this seed; two indices never give the same user name.
#[must_use]
pub fn person(seed: u64, index: usize) -> Person {
    let pairs = FIRST.len() * LAST.len();
    // A step without a common factor with the number of pairs visits each pair once.
    let start = usize::try_from(seed % 2_500).unwrap_or(0);
    let place = (start + (index % pairs) * 1_051) % pairs;
    let (first, last) = (FIRST[place % FIRST.len()], LAST[place / FIRST.len()]);
    let username = match index / pairs {
        0 => format!("{first}.{last}").to_lowercase(),
        round => format!("{first}.{last}{}", round + 1).to_lowercase(),
    };
    Person { email: format!("{username}@{DOMAIN}"), name: format!("{first} {last}"), username }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::person;

    #[test]
    fn user_names_differ_beyond_the_word_list() {
        let names: HashSet<_> = (0..6_000).map(|index| person(7, index).username).collect();
        assert_eq!(names.len(), 6_000);
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(person(1, 5), person(1, 5));
        assert_ne!(person(1, 5), person(2, 5));
    }
}
