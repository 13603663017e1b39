package core

// NamedTemporaryFile creates a file with a name. See the package's function.
func (l *Library) NamedTemporaryFile(o *Options) (*File, error) {
	return l.NamedTemporaryFileIn(&memory{}, o)
}

// NamedTemporaryFileIn creates a file with a name that keeps its state in a storage.
func (l *Library) NamedTemporaryFileIn(storage Storage, o *Options) (*File, error) {
	o = o.orDefault()
	m, plan, err := l.planOpen(o)
	if err != nil {
		return nil, err
	}
	descriptor, path, err := plan.create()
	if err != nil {
		return nil, err
	}
	if err := storage.SetText(TextPath, path); err != nil {
		l.system.Close(descriptor)
		l.system.Unlink(path)
		return nil, failed("malloc", path, err)
	}
	s := storage.State()
	initialize(s, KindNamed, descriptor, o, m)
	s.set(flagNamed, true)
	s.set(flagDelete, !o.NoDelete)
	s.set(flagDeleteOnClose, !o.NoDelete && !o.NoDeleteOnClose)
	return &File{l, storage}, nil
}
