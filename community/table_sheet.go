package community

import (
	"archive/zip"
	"bytes"

	"github.com/xuri/excelize/v2"
)

// mostUnpacked is how much the parts of an .xlsx file may hold unpacked, as it says itself and is held to.
const mostUnpacked = 40 << 20

// mostPlaces is how many cells a sheet may have, with empty ones: a line of few bytes can have 16,384.
const mostPlaces = 4 * MostTableRows * MostTableColumns

// sheet reads the first sheet of an .xlsx file. The library is not trusted to survive every file.
func (t *table) sheet(data []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = &TableError{Key: "table.broken"}
		}
	}()
	if unpacked, err := unpackedSize(data); err != nil {
		return &TableError{Key: "table.broken"}
	} else if unpacked > mostUnpacked {
		return &TableError{Key: "table.large", Most: mostUnpacked >> 20}
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked, RawCellValue: true})
	if err != nil {
		return &TableError{Key: "table.broken"}
	}
	defer func() { _ = book.Close() }() // nothing of it lies outside of memory
	names := book.GetSheetList()
	if len(names) == 0 {
		return &TableError{Key: "table.empty"}
	}
	rows, err := book.Rows(names[0])
	if err != nil {
		return &TableError{Key: "table.broken"}
	}
	places := 0
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return &TableError{Key: "table.broken", Line: line}
		}
		if places += len(cells); places > mostPlaces {
			return &TableError{Key: "table.columns", Line: line, Most: MostTableColumns}
		}
		if err := t.add(line, cells); err != nil {
			return err
		}
	}
	if rows.Error() != nil {
		return &TableError{Key: "table.broken"}
	}
	return nil
}

// unpackedSize is how large the parts of a zip file say they are. Who unpacks them stops there.
func unpackedSize(data []byte) (total uint64, err error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, err
	}
	for _, part := range archive.File {
		if part.UncompressedSize64 > mostUnpacked {
			return part.UncompressedSize64, nil
		}
		total += part.UncompressedSize64
	}
	return total, nil
}
