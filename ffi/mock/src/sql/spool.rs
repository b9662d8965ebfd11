//! Rows of a result that did not fit into the first block: in memory, and past 1 MiB in a file that
//! has no name any more.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::api::{OVERSIZED_ROW, SqlFailure};
use super::sqlcode::fail;
use crate::list::put_header;

/// Rows kept in memory before the file begins: 1 MiB.
const MEMORY: usize = 1 << 20;

static FILES: AtomicU64 = AtomicU64::new(0);

/// Rows of a result that did not fit into the first block.
#[derive(Debug, Default)]
pub struct SpooledRows {
    memory: Vec<u8>,
    read: usize,
    file: Option<File>,
    reader: Option<BufReader<File>>,
    left: i64,
    oversized: Option<Vec<u8>>,
    row: Vec<u8>,
}

/// Appends a row to a block; gives whether it was too large and is kept apart.
pub(in crate::sql) fn put_row(block: &mut Vec<u8>, row: &[u8]) -> bool {
    if row.len() > OVERSIZED_ROW {
        block.push(1);
        return true;
    }
    put_header(block, row.len(), 1);
    block.extend_from_slice(row);
    false
}

impl SpooledRows {
    pub(in crate::sql) fn add(&mut self, row: &[u8], dir: &Path) -> io::Result<()> {
        let length = u32::try_from(row.len()).map_err(io::Error::other)?.to_le_bytes();
        self.left += 1;
        if self.file.is_none() && self.memory.len() + row.len() > MEMORY {
            let number = FILES.fetch_add(1, Ordering::Relaxed);
            let path = dir.join(format!("spool-{}-{number}", std::process::id()));
            let file = File::options().read(true).write(true).create_new(true).open(&path)?;
            std::fs::remove_file(&path)?;
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => {
                // One write per row would be slow: the row buffer gathers them.
                self.row.extend_from_slice(&length);
                self.row.extend_from_slice(row);
                if self.row.len() > 64 << 10 {
                    file.write_all(&self.row)?;
                    self.row.clear();
                }
            }
            None => {
                self.memory.extend_from_slice(&length);
                self.memory.extend_from_slice(row);
            }
        }
        Ok(())
    }

    /// Ends the writing.
    pub(in crate::sql) fn finish(&mut self) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.write_all(&self.row)?;
            self.row.clear();
            file.seek(SeekFrom::Start(0))?;
            self.reader = Some(BufReader::with_capacity(64 << 10, file));
        }
        Ok(())
    }

    /// Rows that were not filled yet.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.left
    }

    fn next(&mut self) -> io::Result<bool> {
        self.row.clear();
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        if let Some(head) = self.memory.get(self.read..self.read + 4) {
            let mut length = [0; 4];
            length.copy_from_slice(head);
            let start = self.read + 4;
            let end = start + u32::from_le_bytes(length) as usize;
            self.row.extend_from_slice(self.memory.get(start..end).unwrap_or_default());
            self.read = end;
            return Ok(true);
        }
        let Some(reader) = &mut self.reader else { return Ok(false) };
        let mut length = [0; 4];
        reader.read_exact(&mut length)?;
        self.row.resize(u32::from_le_bytes(length) as usize, 0);
        reader.read_exact(&mut self.row)?;
        Ok(true)
    }

    /// Appends rows to `block` until it has grown by `limit` bytes; gives the number of rows and
    /// whether that was the last. A row past 1 MiB goes in as an undefined element, ends the block
    /// and is given by [`Self::oversized`].
    ///
    /// # Errors
    /// −400 (iris-sql Appendix A) when the spool file of DESIGN §5 cannot be read.
    pub fn fill(&mut self, block: &mut Vec<u8>, limit: usize) -> Result<(i64, bool), SqlFailure> {
        let start = block.len();
        let mut rows = 0;
        self.oversized = None;
        while block.len() - start < limit.max(1) {
            let more = self
                .next()
                .map_err(|e| fail(-400, format!("Unexpected error occurred: <READ>{e}")))?;
            if !more {
                break;
            }
            rows += 1;
            if put_row(block, &self.row) {
                self.oversized = Some(std::mem::take(&mut self.row));
                break;
            }
        }
        Ok((rows, self.left == 0))
    }

    /// The bytes of the last filled row, when it was shipped as an undefined element.
    #[must_use]
    pub fn oversized(&self) -> Option<&[u8]> {
        self.oversized.as_deref()
    }
}
