# Beside the module and not in it: its class has the signatures of the standard module's.
from tempfile import SpooledTemporaryFile as SpooledTemporaryFile
