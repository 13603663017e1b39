package tempfile

import (
	"io/fs"
	"time"

	"libtempfile/core/system"
)

// fileInfo is what File.Stat gives.
type fileInfo struct {
	name   string
	status system.Status
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.status.Size }
func (i fileInfo) Mode() fs.FileMode  { return fs.FileMode(i.status.Mode) & fs.ModePerm }
func (i fileInfo) ModTime() time.Time { return i.status.Modified }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }
