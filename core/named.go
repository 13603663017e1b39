package core

// NamedTemporaryFile creates a file with a name. See the package's function.
func (l *Library) NamedTemporaryFile(o *Options) (*File, error) {
	storage := &memory{}
	_, err := l.NamedTemporaryFileIn(storage, o)
	return l.fileIn(storage, err)
}

// NamedTemporaryFileIn creates a file with a name that keeps its state in a storage.
func (l *Library) NamedTemporaryFileIn(storage Storage, o *Options) (Recipe, error) {
	o = o.orDefault()
	m, plan, err := l.planOpen(o)
	if err != nil {
		return Recipe{}, err
	}
	descriptor, path, err := plan.create()
	if err != nil {
		return Recipe{}, err
	}
	if err := storage.SetText(TextPath, path); err != nil {
		l.system.Close(descriptor)
		l.system.Unlink(path)
		return Recipe{}, failed("malloc", path, err)
	}
	s := storage.State()
	initialize(s, KindNamed, descriptor, o, m)
	s.set(flagNamed, true)
	s.set(flagDelete, !o.NoDelete)
	s.set(flagDeleteOnClose, !o.NoDelete && !o.NoDeleteOnClose)
	return plan.FileRecipe(), nil
}
