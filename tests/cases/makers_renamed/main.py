import app.three
import app.two
from app.one import Mine

mine = Mine()
