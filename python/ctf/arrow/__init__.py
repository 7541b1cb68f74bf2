"""Arrow and pandas: whole columns at a time, through COPY's CSV. Only a call that asks for it imports pyarrow."""
