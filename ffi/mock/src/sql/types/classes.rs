//! Data type classes that are no part of IRIS: those of the package that the gateway installs.
//!
//! A class that extends a data type behaves as that type does, with the parameters that it sets,
//! and metadata names it (iris-sql §1.5 "any class name", §5.3 typeClass). UNVERIFIED(iris): that
//! DDL takes the name of a class of another package, as it takes `%Library.List`.

/// The sources of the classes. A class is a data type when its first line says so.
const SOURCES: &[&str] = &[
    include_str!("../../../../../objectscript/IrisPG/Char.cls"),
    include_str!("../../../../../objectscript/IrisPG/Interval.cls"),
    include_str!("../../../../../objectscript/IrisPG/Json.cls"),
    include_str!("../../../../../objectscript/IrisPG/Name.cls"),
    include_str!("../../../../../objectscript/IrisPG/Oid.cls"),
    include_str!("../../../../../objectscript/IrisPG/Real.cls"),
    include_str!("../../../../../objectscript/IrisPG/Timestamp0.cls"),
    include_str!("../../../../../objectscript/IrisPG/Timestamp3.cls"),
    include_str!("../../../../../objectscript/IrisPG/TimestampTZ.cls"),
    include_str!("../../../../../objectscript/IrisPG/TimestampTZ0.cls"),
    include_str!("../../../../../objectscript/IrisPG/TimestampTZ3.cls"),
];

/// A data type class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DataClass {
    /// `Package.Name`.
    pub(super) name: &'static str,
    /// The class that it extends.
    pub(super) base: &'static str,
    parameters: Vec<(&'static str, &'static str)>,
}

impl DataClass {
    /// Reads the class line, `Class A.B Extends C [ ClassType = datatype ]`, and the parameters.
    fn parse(source: &'static str) -> Option<DataClass> {
        let line = source.lines().find_map(|line| line.strip_prefix("Class "))?;
        let (head, keywords) = line.split_once('[')?;
        let (name, base) = head.split_once(" Extends ")?;
        keywords.contains("ClassType = datatype").then_some(())?;
        let parameter = |line: &'static str| {
            let (name, value) = line.strip_prefix("Parameter ")?.split_once('=')?;
            Some((name.trim(), value.trim().trim_end_matches(';').trim_matches('"')))
        };
        Some(DataClass {
            name: name.trim(),
            base: base.trim(),
            parameters: source.lines().filter_map(parameter).collect(),
        })
    }

    /// The class with this name, in any case of letters.
    pub(super) fn named(name: &str) -> Option<DataClass> {
        let mut classes = SOURCES.iter().filter_map(|source| DataClass::parse(source));
        classes.find(|class| class.name.eq_ignore_ascii_case(name))
    }

    /// A parameter that the class sets.
    pub(super) fn parameter(&self, wanted: &str) -> Option<&'static str> {
        self.parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
    }

    /// The parameters of a column of this class: the column's own come before the class's.
    pub(super) fn arguments(&self, own: &[String]) -> Vec<String> {
        let inherited = self.parameters.iter().map(|(name, value)| format!("{name}={value}"));
        own.iter().cloned().chain(inherited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_type_class_of_the_package_is_known() {
        let package = concat!(env!("CARGO_MANIFEST_DIR"), "/../../objectscript/IrisPG");
        let mut found = 0;
        for entry in std::fs::read_dir(package).unwrap() {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            if source.contains("ClassType = datatype") {
                assert!(SOURCES.contains(&source.as_str()), "{}", &source[..80]);
                found += 1;
            }
        }
        assert_eq!(found, SOURCES.len());
    }

    #[test]
    fn a_class_is_its_base_with_its_parameters() {
        let class = DataClass::named("IRISPG.NAME").unwrap();
        assert_eq!((class.name, class.base), ("IrisPG.Name", "%Library.String"));
        assert_eq!(class.parameter("COLLATION"), Some("EXACT"));
        let own = ["MAXLEN=9".to_owned()];
        assert_eq!(class.arguments(&own)[..2], ["MAXLEN=9", "COLLATION=EXACT"]);
        assert_eq!(DataClass::named("IrisPG.Session"), None);
    }
}
