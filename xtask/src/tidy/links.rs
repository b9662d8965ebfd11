//! Links of the documents lead somewhere.

use std::path::Path;

use super::{File, Finding};

/// Relative links of a Markdown file whose target is not there.
pub(crate) fn dead(file: &File, root: &Path) -> Vec<Finding> {
    if !file.path.ends_with(".md") {
        return Vec::new();
    }
    let here = root.join(&file.path);
    let here = here.parent().unwrap_or(root);
    links(&file.text)
        .into_iter()
        .filter(|(_, target)| !target.is_empty() && !here.join(target).exists())
        .map(|(line, target)| Finding::new(file, line, format!("leads nowhere: {target}")))
        .collect()
}

/// The targets of `[text](target)` and of `[name]: target`, without their fragments, that are
/// relative, outside of code.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        // Every second piece between backticks is code.
        for prose in line.split('`').step_by(2) {
            for piece in prose.split("](").skip(1) {
                let target = piece.split([')', ' ']).next().unwrap_or_default();
                found.push((index + 1, target));
            }
        }
        if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            found.push((index + 1, target.split(' ').next().unwrap_or_default()));
        }
    }
    found.retain(|(_, target)| !target.contains("://") && !target.starts_with("mailto:"));
    found
        .into_iter()
        .map(|(line, target)| (line, target.split('#').next().unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "a [b](c.md#d) and [e](https://f/g.md), `[h](i)` [j](#k)\n\
                    ```\n[l](m)\n```\n[n]: o.md\n";
        assert_eq!(links(text), [(1, "c.md"), (1, ""), (5, "o.md")]);
    }

    #[test]
    fn a_dead_link_is_found() {
        let root = crate::root();
        let file = File::new("docs/a.md", "[x](../xtask/Cargo.toml)\n[y](nowhere.md)");
        assert_eq!(dead(&file, &root), [Finding::new(&file, 2, "leads nowhere: nowhere.md")]);
        assert_eq!(dead(&File::new("docs/a.txt", "[y](nowhere.md)"), &root), []);
    }
}
