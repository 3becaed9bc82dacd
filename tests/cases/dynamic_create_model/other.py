from pydantic import create_model

from settings import Made

Further = create_model("Further", __base__=Made, further=(bool, ...))
